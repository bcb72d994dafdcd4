import http from 'node:http';

// Loaded before the built app: what Node allows a request minutes for has to be here in half a second.

const { createServer } = http;
http.createServer = (...given) => {
	const listener = given.find((each) => typeof each === 'function');
	return createServer({ connectionsCheckingInterval: 50, requestTimeout: 500, headersTimeout: 500 }, listener);
};
