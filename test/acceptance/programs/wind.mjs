import * as tw from 'tilework';

const [file] = process.argv.slice(2);
tw.configure({ memoryLimit: '512MB' });
const u = tw.fromNetcdf(file, 'u', { chunks: [1, 1, -1, -1] });
const v = tw.fromNetcdf(file, 'v', { chunks: [1, 1, -1, -1] });
const speed = await u.square().add(v.square()).sqrt().mean([0, 1]).compute();
console.log(JSON.stringify(speed.flatten().tolist()));
