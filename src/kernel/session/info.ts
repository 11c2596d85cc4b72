import { type Content, PROTOCOL } from '../wire/message.js';

/** The content of a `kernel_info_reply`. */
export const kernelInfo = (version: string): Content => ({
  status: 'ok',
  protocol_version: PROTOCOL,
  implementation: 'tilework',
  implementation_version: version,
  banner: `tilework ${version}: TypeScript on Node ${process.versions.node}`,
  debugger: false,
  language_info: {
    name: 'typescript',
    version: process.versions.node,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: { name: 'text/typescript' },
    nbconvert_exporter: 'script',
  },
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'Node.js', url: 'https://nodejs.org/docs/latest/api/' },
  ],
});
