/** The name under which all our items stand in the system's keychain. */
export const keychainService = 'portcullis';
