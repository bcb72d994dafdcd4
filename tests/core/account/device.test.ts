import { expect, test } from 'vitest';
import { deviceWords } from '../../../src/lib/core/account/device.ts';

test.each([
	['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Windows'],
	[
		'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15',
		'Safari on Mac'
	],
	[
		'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/142.0 Mobile Safari/604.1',
		'Chrome on iPhone'
	],
	['Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36', 'Chrome on Linux'],
	['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0', 'Edge on Windows'],
	['Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36', 'Chrome on Android'],
	['Mozilla/5.0 Gecko/20100101 Firefox/145.0', 'Firefox'],
	['Dalvik/2.1 (Android 16)', 'Android'],
	['curl/8.0', 'Unknown browser'],
	['', 'Unknown browser']
])('%s is %s', (userAgent, words) => {
	expect(deviceWords(userAgent)).toBe(words);
});
