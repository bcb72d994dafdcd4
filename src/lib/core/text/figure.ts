/** A whole number as people read it: `12,345`. `toLocaleString` says the same, and loads the tables of all languages for it. */
export const figure = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
