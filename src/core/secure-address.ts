/** TLS, except to this machine itself: keys and tokens go over it. */
export const SECURE_ADDRESS = /^(https:\/\/[^/]|http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$))/;
