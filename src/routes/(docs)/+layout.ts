// Nothing here needs a framework in the browser; what docs-page.js does, pages can do without.
export const csr = false;
