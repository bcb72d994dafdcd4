/**
 * How Node starts what serves, everywhere the same: `npm start` and the Dockerfile say it in words of their own. What a request leaves behind is
 * collected in smaller pieces, more often: with Node's own 16 MB a second of requests ends in a pause of 20 to 35 ms.
 */
export const serving = ['--max-semi-space-size=8', 'build'] as const;
