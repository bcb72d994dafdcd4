// A process that has run another test file has what that one left in globals; the next begins without.
for (const name of Object.keys(globalThis))
	if (name.startsWith('aitelier')) delete (globalThis as Record<string, unknown>)[name];
