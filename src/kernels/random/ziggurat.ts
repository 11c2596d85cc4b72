/**
 * Tables of the ziggurat for the normal distribution (G. Marsaglia and W. W. Tsang, "The Ziggurat Method for Generating
 * Random Variables", 2000) with 256 layers of equal area, in the arrangement of J. A. Doornik's 2005 note:
 * layer i reaches from 0 to its edge x[i]; x[255] is where the tail begins; layer 0 is the base with the tail.
 */

/** Where the tail begins, and its inverse. */
export const TAIL = 3.654152885361009;
export const INVERSE_TAIL = 0.2736612373297583;

/** The area of a layer, and of the base with the tail. */
const AREA = 0.004928673233974652;

/**
 * The edges x[1] … x[254] as little-endian float64 in base64. They obey
 * x[i] = sqrt(-2 log(AREA / x[i+1] + exp(-x[i+1]² / 2))), but streams equal NumPy's bit for bit only with the very
 * numbers NumPy has, whose last digits are those of a particular exp; so they are stored, and the rest derives from them.
 */
const EDGES = [
  'xvb94wuNyz+0Wyw8r1DSP2E7RDi5fNU/DKcv6PwB2D+80EwuDCPaP/dhOC9NANw/dHJ0Wi+s3T/D1UwtSDLfP627jicyTeA/Q10C',
  'OwX14D93NkGXppLhP/Uaeo+iJ+I/gNhjOC614j/1kVfAPzzjPy+xosGeveM/VZv/je855D+n/j02u7HkP3TTGmJ1JeU/ls4Hp4CV',
  '5T/qftnPMQLmPz18o2HSa+Y/cAUAkqLS5j+m+EbT2jbnP3cqsxCtmOc/Q/VGrUX45z93CkNTzFXoP5p2e55kseg/mM9OqS4L6T/q',
  'HiyCR2PpP0bFOI7Juek/LKek3MwO6j9ZzXdtZ2LqPzAWEG6ttOo/nGwTbbEF6z8pekKHhFXrPzqfUo42pOs/MoK/Ktbx6z/zTln5',
  'cD7sP2E7MqUTiuw/iyZy/snU7D9It4AOnx7tPxAf5CmdZ+0/w7gjAM6v7T9TdvGpOvftP/7t0rXrPe4/AG96M+mD7j/Ogvm9Osnu',
  'PyZi8ITnDe8/iPbYVPZR7z+u14eebZXvP6wu+n1T2O8/7DRC4FYN8D+ajzn1QC7wP/ylFp7qTvA/EKByW1Zv8D8L9HGQho/wPxNh',
  'vIR9r/A/f8xLZj3P8D9rCBZLyO7wP+4VlTIgDvE/vg8xB0ct8T9BkY6fPkzxPx4gxL8Ia/E/NNp4GqeJ8T+Ibe5RG6jxP8sq+Phm',
  'xvE/LtTgk4vk8T+foECZigLyP+nGxHJlIPI/H8PpfR0+8j/7a6kMtFvyP3/THWYqefI/G9cZx4GW8j/aLrhiu7PyP1O44WLY0PI/',
  'jqnL6Nnt8j/XSG4NwQrzPzC59OGOJ/M/oV4mcERE8z/VUsq64mDzP2pYBb5qffM/ZLKyb92Z8z8DPbi/O7bzP+AdVpiG0vM/g1py',
  '3r7u8z90nuBx5Qr0P110pi37JvQ/pDA86ABD9D9dx8pz9170PzbDZp7fevQ/L49IMrqW9D9dQQL2h7L0P9wRs6xJzvQ/BaY4FgDq',
  '9D9iVV7vqwX1P1qLCvJNIfU/T2Zq1eY89T/IshtOd1j1P3hfVQ4AdPU/FIUOxoGP9T9ZGyQj/ar1Pz1zfdFyxvU/04wve+Ph9T84',
  'Xp/IT/31P8Mfo2C4GPY/orCi6B009j8LJrcEgU/2P3KWyVfiavY/NzGxg0KG9j+xslApoqH2P7tDs+gBvfY/UtMoYWLY9j9U+GEx',
  'xPP2P+toi/cnD/c/xhRpUY4q9z/c7nDc90X3Px9z5TVlYfc/SfTv+tZ89z+TvbrITZj3PwkUizzKs/c/+yLb80zP9z/n3nOM1ur3',
  'Px/qhqRnBvg/dobI2gAi+D8Vn4nOoj34P7310R9OWfg/xX56bwN1+D8t90dfw5D4P0PABZKOrPg/nAyhq2XI+D8nakRRSeT4P4+1',
  'cyk6APk/R4Mo3Dgc+T/8Cu8SRjj5P4qiA3liVPk/7tVwu45w+T8xKi6Jy4z5P7+ZP5MZqfk/LNnVjHnF+T8RdG8r7OH5P0rS+iZy',
  '/vk/kjb5OQwb+j9byKIhuzf6P4i7C55/VPo/pKlKclpx+j89MaBkTI76Pwjxnz5Wq/o/zvVazXjI+j82s4vhtOX6Pxqhw08LA/s/',
  'W5ia8Hwg+z8ADOCgCj77PwM9zkG1W/s/J4k/uX15+z889+XxZJf7P24lhdtrtfs/osAua5PT+z+DroGb3PH7P6AW7GxIEPw/LXrw',
  '5dcu/D8cDW4TjE38PwWH7AhmbPw/F6br4GaL/D+roja9j6r8P5DWO8fhyfw/N+BoMF7p/D9uj4syBgn9PyDvNxDbKP0/R8YzFd5I',
  '/T8j8eeWEGn9P6X71/Rzif0/cG4gmQmq/T8OSfz40sr9PzcuUpXR6/0/HNJJ+wYN/j/2RurEdC7+P4jRwZkcUP4/Jf6XLwBy/j8K',
  'vypLIZT+Pwhv98CBtv4/OqcQdiPZ/j+p7AFhCPz+PyFTwooyH/8/bU23D6RC/z9oAckgX2b/P4KXiQRmiv8/vyJxGLuu/z+F5y/S',
  'YNP/Pwv2GMFZ+P8/daDTR9QOAEBHyY8CqCEAQKsCqYOpNABAx/U+TtpHAEB+s632O1sAQGgmpyPQbgBAFy5jj5iCAEBUougIl5YA',
  'QMTAcXXNqgBASNTu0T2/AEAwPao06tMAQJNlEc/U6ABAtp+m7//9AEBBcCAEbhMBQDVdu5shKQFAbQnEaR0/AUA7LmBIZFUBQPPu',
  'nTv5awFAYRLSdN+CAUCs605WGpoBQI4vf3etsQFAlKZxqZzJAUA5ruT76+EBQAHZ4sKf+gFAgcwEnbwTAkDu0296Ry0CQCScrKRF',
  'RwJA4Fh2x7xhAkAuWaj6snwCQHgOd80umAJAUgoqUze0AkCX25Yx1NACQPV4qbEN7gJA7q5W0uwLA0CjpGheeyoDQKMSrgXESQNA',
  'QKgzetJpA0AKQVaSs4oDQPqIrnB1rANApgQXsyfPA0B19GCq2/IDQNrluZykFwRAlF5UFZg9BEAVOqdEzmQEQLxDnHVijQRAJ1pr',
  'nXO3BEACic0NJeMEQEGs6VOfEAVAQn46UhFABUAb5EqpsXEFQNmNcYvApQVA/tA6JIrcBUBMHobPaRYGQOpqAHvOUwZAw+WfvkCV',
  'BkAy4gmNa9sGQDR6X/AoJwdAcwYJVpV5B0CMztb0LdQHQDTyKQUDOQhAFHyqvw+rCECWRG+U4C4JQKtXQAHuywlAWneUeNyPCkCx',
  '/Xg4H5gLQA==',
].join('');

/** Bytes that `zigguratTable` fills. */
export const zigguratBytes = (dtype: 'float32' | 'float64'): number => 3 * 256 * BYTES[dtype];

const BYTES = { float32: 4, float64: 8 } as const;

/** 2^(bits of a draw's magnitude) */
const SCALE = { float32: 2 ** 23, float64: 2 ** 52 } as const;

/**
 * The tables for draws of 52 (float64) or 23 (float32) bits, one after another, each of 256 entries: k, the largest
 * magnitude that is accepted at once (uint64 or uint32), w, what turns a magnitude into a number, and f, the density.
 */
export function zigguratTable(dtype: 'float32' | 'float64'): Uint8Array {
  const edges = decodeEdges(EDGES, TAIL);
  const scale = SCALE[dtype];
  const density = edges.map((x) => Math.exp(-0.5 * x * x));
  density[0] = 1;
  const base = AREA / density[255]!;
  const width = edges.map((x) => x / scale);
  width[0] = base / scale;
  const accept = edges.map((x, i) => roundHalfEven((edges[i - 1]! / x) * scale));
  accept[0] = Math.floor((TAIL / base) * scale);
  accept[1] = 0;

  const bytes = new Uint8Array(zigguratBytes(dtype));
  const third = bytes.length / 3;
  if (dtype === 'float64') {
    new BigUint64Array(bytes.buffer, 0, 256).set(Array.from(accept, BigInt));
    new Float64Array(bytes.buffer, third, 256).set(width);
    new Float64Array(bytes.buffer, 2 * third, 256).set(density);
  } else {
    new Uint32Array(bytes.buffer, 0, 256).set(accept);
    new Float32Array(bytes.buffer, third, 256).set(width);
    new Float32Array(bytes.buffer, 2 * third, 256).set(density);
  }
  return bytes;
}

/** The edges that are stored as base64 and where the tail begins, with x[0] = 0 in the place of the base. */
export function decodeEdges(stored: string, tail: number): Float64Array {
  const edges = new Float64Array(256);
  const bytes = Uint8Array.from(atob(stored), (char) => char.charCodeAt(0));
  edges.set(new Float64Array(bytes.buffer), 1);
  edges[255] = tail;
  return edges;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
