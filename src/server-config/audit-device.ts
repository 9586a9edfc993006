import type { Product } from "../core/product";
import { attributes, block } from "../core/hcl";

/** Where a server writes who did what; at least one device must take every request, or the server refuses it. */
export class AuditDevice {
  /** A file on the replica's audit volume, rotated there; every instance has it. */
  static file(folder: string): AuditDevice {
    return new AuditDevice("file", "file", { file_path: `${folder}/${AUDIT_FILE}` });
  }

  /**
   * A TCP, UDP or Unix socket that something listens on; https://openbao.org/docs/audit/socket/
   *
   * @param address Host and port, or the path of a Unix socket.
   */
  static socket(address: string, type: "tcp" | "udp" | "unix" = "tcp"): AuditDevice {
    return new AuditDevice("socket", "socket", { address, socket_type: type });
  }

  /** The node's syslog daemon, where the pods reach one; https://openbao.org/docs/audit/syslog/ */
  static syslog(facility = "AUTH", tag = "vault"): AuditDevice {
    return new AuditDevice("syslog", "syslog", { facility, tag });
  }

  private constructor(
    readonly type: "file" | "socket" | "syslog",
    /** Path of the device, below `sys/audit`. */
    readonly path: string,
    readonly options: Readonly<Record<string, string>>,
  ) {
    Object.freeze(this);
  }

  /** As a stanza of OpenBao's configuration; https://openbao.org/docs/configuration/audit/ */
  stanza(): string {
    return block(`audit "${this.type}" "${this.path}"`, [block("options", attributes(this.options))]);
  }
}

/** Name of the log on the audit volume. */
export const AUDIT_FILE = "audit.log";

/** Whether the product takes audit devices from its configuration; Vault takes them over its API only. */
export function declaresAudit(product: Product): boolean {
  return product === "openbao";
}
