import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Certificates } from '../../../src/cluster/comm/index.js';

/** Certificates made for this test file: of a member of the cluster, and of others. */
export function makeCertificates(python: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tilework-certificates-'));
  folders.push(folder);
  execFileSync(python, ['-B', join(import.meta.dirname, 'certificates.py'), folder]);
  const path = (name: string): string => join(folder, name);
  const read = (ca: string, stem: string): Certificates => ({
    ca: readFileSync(path(ca), 'utf8'),
    cert: readFileSync(path(`${stem}.pem`), 'utf8'),
    key: readFileSync(path(`${stem}.key`), 'utf8'),
  });
  return {
    member: read('ca.pem', 'member'),
    /** Trusts the cluster's authority, but was signed by another. */
    stranger: read('ca.pem', 'stranger'),
    /** Signed well, but trusts another authority. */
    distrustful: read('other-ca.pem', 'member'),
    expired: read('ca.pem', 'expired'),
    /** As `stranger` and `distrustful`; the other authority bears the same name. */
    namesake: read('ca.pem', 'namesake'),
    trustsNamesake: read('namesake-ca.pem', 'member'),
    files: { ca: path('ca.pem'), cert: path('member.pem'), key: path('member.key') },
  };
}

// Of the file: in a test, or a hook of one, it would not be called.
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
