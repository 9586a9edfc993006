import type { Size } from "../../core/size";
import { PROGRAMS, type Product } from "../../core/product";
import { AUDIT_FILE } from "../server-config/audit-device";

/**
 * Rotated logs to keep. With the current log that is eight files of 10 % of the volume. The remaining 20 % absorbs writes between
 * two checks, which are 5 s apart. With 10 GiB that is enough for 50 MiB/s.
 */
const KEPT = 7;

/** What the rotation is made for. */
export interface AuditRotationProps {
  readonly product: Product;
  /** Folder of the audit volume. */
  readonly folder: string;
  /** Size of the audit volume. */
  readonly size: Size;
}

/**
 * A command that starts a loop inside the server's own container, which rotates the audit log before it fills its volume: a
 * server that cannot write its audit log answers nothing any more. The loop tells the server to open the new file by SIGHUP, as
 * https://openbao.org/docs/audit/file/#log-file-rotation asks. In another container it would need a shared process
 * namespace. A program in that container could then read the server's memory and files.
 */
export function auditRotation(props: AuditRotationProps): string[] {
  // Without its own files the kubelet would wait for the loop to end.
  return ["/bin/sh", "-ec", `{\n${rotationLoop(props)}\n} </dev/null >/dev/null 2>&1 &`];
}

/** The loop itself, which never ends. */
export function rotationLoop({ product, folder, size }: AuditRotationProps): string {
  return script(`${folder}/${AUDIT_FILE}`, Math.floor((size.toGibibytes() * 1024 * 1024) / 10), PROGRAMS[product]);
}

function script(file: string, kibibytes: number, server: string): string {
  return [
    "while sleep 5; do",
    `  if [ -f ${file} ]; then`,
    `    [ "$(du -k ${file} | cut -f1)" -ge ${kibibytes} ] || continue`,
    `    n=${KEPT}`,
    "    while [ $n -gt 1 ]; do",
    "      p=$((n - 1))",
    `      [ ! -f ${file}.$p ] || mv -f ${file}.$p ${file}.$n`,
    "      n=$p",
    "    done",
    `    mv -f ${file} ${file}.1`,
    "  fi",
    "  # Again, while the server has not opened a new one.",
    `  [ ! -f ${file}.1 ] || kill -HUP $(pidof ${server}) || true`,
    "done",
  ].join("\n");
}
