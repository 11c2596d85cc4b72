import { decodeEdges } from './ziggurat.js';

/**
 * Tables of the ziggurat for the exponential distribution: as for the normal one, 256 layers of equal area, and the base with the tail.
 */

/** Where the tail begins. */
export const TAIL = 7.69711747013105;

/** How wide a layer of the area is that base and tail have together: 1 more, rounded once. */
const BASE = 8.69711747013105;

/**
 * The edges x[1] … x[254] as little-endian float64 in base64: x[i] = -log(a / x[i+1] + exp(-x[i+1])) with the area a = (t + 1) exp(-t)
 * of a layer, counted in 60 digits from a tail at t = 7.697117470131049714044628048114…, for which layer 1 ends where the density is 1, and
 * rounded. Counted in float64 most would differ in their last digits.
 */
const EDGES = [
  'GUFdi51YsD8rTVtJsta6P7qNW6k1k8E/cypK5eYixT+AesL7kFDIP8y3ee/ROMs/mL1tt9jszT88XMZJ8DvQP3D21iTbcNE/Myba',
  'kAKY0j/Kbj3+iLPTPyH+C8YVxdQ/w0oCnfjN1T+9K6fwQM/WPxnQF9rNydc/b2DTVFm+2D/SNyJVgK3ZPwNSXb7Il9o/xKPd3aV9',
  '2z+JP4zXe1/cPzZ88U2iPd0/WnPxeGYY3j+qT1/PDPDePwkyaF3SxN8/WHVq7XZL4D/8gJtHSLPgP6/1SYfzGeE/oN9L64x/4T/n',
  'ST7pJuThPy7/OGXSR+I/C2gj4Z6q4j9L2ialmgzjPwKCbeLSbeM/oGIh0VPO4z9IZ3DKKC7kPxLnNV9cjeQ/kwvNa/jr5D9Nb3gp',
  'BkrlP/2+uD2Op+U/zy7dx5gE5j/gaAxtLWHmP0Sp+mJTveY/u5B5eREZ5z9zeQcjbnTnP3KBfnxvz+c/mdX+Uxsq6D/s4Ssvd4To',
  'PyrF0FCI3ug/RKL9vVM46T84E61C3pHpP78D/3Us6+k/SogUvkJE6j9h0pZTJZ3qP8kk8kTY9eo/m5dMeV9O6z+Jjz+zvqbrP5n+',
  'WZP5/us/n9JwmhNX7D/bWsIrEK/sP/vm8I7yBu0/jWvY8b1e7T9XkEJqdbbtP/4xfPcbDu4/RBDPg7Rl7j9iG+LlQb3uP5+UAuLG',
  'FO8/tf5XK0Zs7z+hqQRlwsPvP9k8mhGfDfA/YrEN9l058D/4dnIcH2XwP3IAS7vjkPA/NwFxA6288D9mL3ogfOjwPxWsFzlSFPE/',
  'vn1wbzBA8T/7f3fhF2zxP5YjPakJmPE/g1I93QbE8T/ixKmQEPDxPwUOsdMnHPI/KaPCs01I8j+fGNA7g3TyP6rNi3TJoPI/XTul',
  'ZCHN8j8hFwMRjPnyPxF2+3wKJvM/oRuKqp1S8z/wGoWaRn/zP/zvz0wGrPM/bTONwN3Y8z/ECU/0zQX0P9BsRubXMvQ/p2xxlPxf',
  '9D/Eg8j8PI30P6QYax2auvQ/6kXL9BTo9D/7ANmBrhX1P/i1LMRnQ/U/J28xvEFx9T/5nE5rPZ/1PzWTEdRbzfU/Js9W+p379T8u',
  'GnPjBCr2P4ybXJaRWPY/7uvTG0WH9j/fPI1+ILb2PwimWcsk5fY/+6lQEVMU9z8cBPphrEP3PzDRd9Exc/c/CiSxduSi9z/3F31r',
  'xdL3P3dyzszVAvg/KubfuhYz+D/nCGFZiWP4P1QPpM8ulPg/lGDMSAjF+D8TFf7zFvb4P+FzjgRcJ/k/ioI1sthY+T/0u0A5jor5',
  'P10Dx9p9vPk/Uend3Kju+T8tWdCKECH6P5DGVjW2U/o/D/PQMpuG+j96ZYHfwLn6P/+syp0o7fo/tYtu1tMg+z9CJc/4w1T7P7ZP',
  'Mnv6iPs/ECYH23i9+z+F/S2dQPL7Py3gQk5TJ/w/pLHqgrJc/D/7IyPYX5L8P2yllfNcyPw/gHHtg6v+/D+t8jBBTTX9P/6jHu1D',
  'bP0/CqWNU5Gj/T9/NdJKN9v9P5tQJrQ3E/4/UqQWfJRL/j9/I/SaT4T+P3h2ShVrvf4/aJFb/Oj2/j9/vKBuyzD/P9BeUZgUa/8/',
  '5eHvs8al/z/YCd0K5OD/P9QR+Xo3DgBAGzkR7zQsAECjJJKea0oAQNsmEc/caABAD606z4mHAEAZyDP3c6YAQG+UAKmcxQBAt8/v',
  'UAXlAEDO7wtmrwQBQEoVkmqcJAFAKzpv7M1EAUDBBMSFRWUBQJ6ub90EhgFAIHiipw2nAUBaKnimYcgBQHAzm6oC6gFAovTwk/IL',
  'AkBQ5U9SMy4CQLo7QObGUAJAptrHYa9zAkArU0Lp7pYCQFHbRbSHugJAcC2WDnzeAkBlWSZZzgIDQNCnKguBJwNAZck7s5ZMA0BW',
  'qIz4EXIDQENRNJz1lwNAg4uNekS+A0DQ3q2MAeUDQK3u9ekvDARA+EK9ydIzBEAsyRuF7VsEQDKU05iDhARATKFdp5itBEAnsRx7',
  'MNcEQAiVuQhPAQVAsqqscfgrBUBap/gGMVcFQGFEG0z9ggVAB+E4+mGvBUCevYgDZNwFQHkYCJcICgZAlC57JFU4BkAy9MNgT2cG',
  'QO5Il0r9lgZAHnuaL2XHBkAHJfSxjfgGQBjSXM59KgdAw3G94jxdB0D5cWu10pAHQNN2FH1HxQdAEhRu6aP6B0DDvsAs8TAIQEJz',
  'aAY5aAhAq1tpzoWgCECVNjuC4tkIQER189JaFAlADir8NPtPCUDYGo3x0IwJQOrZJDrqyglAePFJPlYKCkA7TOhDJUsKQOqGrcJo',
  'jQpAxEXYgjPRCkAKtgPAmRYLQA/qkVCxXQtAXtp20pGmC0B370veVPELQKfgwkEWPgxA9MjIQvSMDEB/qfLsD94MQMU4J2uNMQ1A',
  '7Dvsb5SHDUCf8U6vUOANQGAJGW7yOw5AwYPzKq+aDkBK6lBnwvwOQKf3kZduYg9A5cb2Q/7LD0Au7GKz4hwQQO+O9YsRVhBATqXL',
  'zcGREECgSF14MdAQQKaSQwOoERFAKkR1Z3hWEUDWwrO8A58RQHz6yaC86xFAn5FZtis9EkClqkmu9ZMSQPARRIrj8BJAXvfMJ+5U',
  'E0BhuMjHTsETQGIT5GaXNxRA0VFHzde5FED2c8882EoVQNITc+F67hVAcr9LbWeqFkAvxurWUIcXQBnt8uafkxhAhXtIDdzpGUD8',
  'cdpRnsMbQA==',
].join('');

const MAGNITUDES = 2 ** 53;

/** For each layer: the least magnitude that is not accepted at once, what turns a magnitude into a number, and the density at the edge. */
export interface Layers {
  readonly accept: Float64Array;
  readonly width: Float64Array;
  readonly density: Float64Array;
}

let layers: Layers | undefined;

/** The tables, made once. */
export function exponentialLayers(): Layers {
  if (layers !== undefined) return layers;
  const edges = decodeEdges(EDGES, TAIL);
  const density = edges.map((x) => Math.exp(-x));
  const width = edges.map((x) => x / MAGNITUDES);
  width[0] = BASE / MAGNITUDES;
  const accept = edges.map((x, i) => Math.floor((edges[i - 1]! / x) * MAGNITUDES));
  accept[0] = Math.floor((TAIL / BASE) * MAGNITUDES);
  accept[1] = 0;
  layers = { accept, width, density };
  return layers;
}
