export const plusTen = ({ x }) => Number(x) + 10;
