import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { attributes, block } from "../../core/hcl";
import type { Product } from "../../core/product";
import type { ValueType } from "../../core/value-type";

/** A destination of the audit log. At least one device must record each request, otherwise the server refuses it. */
export class AuditDevice {
  /** A file on the audit volume of the replica, which is rotated there. Every instance has it. */
  static file(folder: string): AuditDevice {
    return new AuditDevice("file", "file", { file_path: `${folder}/${AUDIT_FILE}` });
  }

  /**
   * A TCP, UDP or Unix socket; https://openbao.org/docs/audit/socket/
   *
   * @param address Host and port, or the path of a Unix socket.
   * @throws ValidationError if it is neither.
   */
  static socket(address: string, type: "tcp" | "udp" | "unix" = "tcp"): AuditDevice {
    const options = { address, socket_type: type };
    if (type === "unix") return new AuditDevice("socket", "socket", options);
    const port = Number(/^\S+:(\d+)$/.exec(address)?.[1]);
    if (!(port >= 1 && port <= 65_535)) {
      throw new ValidationError(
        "audit-device",
        `"${address}" is not a valid socket address; write host and port, such as "siem.example.com:6514".`,
      );
    }
    return new AuditDevice("socket", "socket", options, { port, protocol: type === "tcp" ? "TCP" : "UDP" });
  }

  /** The syslog daemon of the node, if pods reach it; https://openbao.org/docs/audit/syslog/ */
  static syslog(facility = "AUTH", tag = "vault"): AuditDevice {
    return new AuditDevice("syslog", "syslog", { facility, tag });
  }

  private constructor(
    readonly type: "file" | "socket" | "syslog",
    /** Path of the device, below `sys/audit`. */
    readonly path: string,
    readonly options: Readonly<Record<string, string>>,
    /** The destination for the network policy; undefined if it is on the node. */
    readonly egress?: { readonly port: number; readonly protocol: "TCP" | "UDP" },
  ) {
    Object.freeze(this);
  }

  /** The stanza of OpenBao's configuration; https://openbao.org/docs/configuration/audit/ */
  stanza(): string {
    return block(`audit "${this.type}" "${this.path}"`, [block("options", attributes(this.options))]);
  }
}

/** A device, for checks at run time. */
export const AUDIT_DEVICE: ValueType = {
  name: "AuditDevice",
  member: "stanza",
  example: 'AuditDevice.socket("siem.example.com:6514")',
};

/**
 * All devices of a server: the file on the audit volume, and additional ones.
 *
 * @throws ValidationError if two devices have the same path.
 */
export function allAuditDevices(folder: string, others: readonly AuditDevice[]): readonly AuditDevice[] {
  const devices = [AuditDevice.file(folder), ...others];
  const twice = firstDuplicate(devices.map(({ path }) => path));
  if (twice === undefined) return devices;
  throw new ValidationError(
    "audit-device",
    `Two audit devices have the path "${twice}"; use at most one socket and one syslog in addition to the file.`,
  );
}

/** Name of the log on the audit volume. */
export const AUDIT_FILE = "audit.log";

/** Whether the product reads audit devices from its configuration. Vault creates them over its API only. */
export function declaresAudit(product: Product): boolean {
  return product === "openbao";
}
