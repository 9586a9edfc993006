/** A path of a mount, folder or secret: no empty name, no `.` or `..`, no slash at its ends, and none of the wildcards of policies. */
export const PLAIN_PATH = /^(?!\.{1,2}(\/|$))[^/+*\s]+(\/(?!\.{1,2}(\/|$))[^/+*\s]+)*$/;
