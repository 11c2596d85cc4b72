import { ones } from 'tilework';

const x = ones([1000, 1000], { chunks: [500, 500] });
console.log(await x.add(x.T).sum().compute());
