import http from 'node:http';

// Loaded before the built app: what Node allows a request minutes for has to be here in two seconds.

const { createServer } = http;
http.createServer = (...given) => {
	const listener = given.find((each) => typeof each === 'function');
	return createServer({ connectionsCheckingInterval: 100, requestTimeout: 2_000, headersTimeout: 2_000 }, listener);
};
