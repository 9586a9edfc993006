/** A value that an HTTP header takes; RFC 9110, section 5.5. A token with other characters, such as a line break, cannot be sent. */
export const HEADER_VALUE = /^[\x20-\x7e]+$/;
