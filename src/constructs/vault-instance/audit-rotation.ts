import { imageReference, type ContainerImage } from "./chart";
import type { Size } from "../../core/size";
import type { Product } from "../../core/product";
import { AUDIT_FILE } from "../server-config/audit-device";
import type { ServerResources } from "./instance-limits";
import { CONTAINER_SECURITY, PRE_STOP_SLEEP } from "./pod-values";

/**
 * Logs that are kept besides the one that is written; with it, eight of a tenth of the volume each. The rest is for what is written
 * between two looks, 5 s apart: with 10 GiB, 50 MiB/s.
 */
const KEPT = 7;

/** What the container needs for itself. */
const RESOURCES: ServerResources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { memory: "32Mi" },
};

/**
 * Seconds that it outlives the order to end: longer than the server, whose container gets SIGTERM after `PRE_STOP_SLEEP`. As long as a
 * container is left, the pod's network is, too, and refuses connections that still come; without it they would be lost, and a client
 * would notice only when its own patience ends. By then the Services send them elsewhere.
 */
const OUTLIVES = PRE_STOP_SLEEP + 3;

/** What the rotation is made for. */
export interface AuditRotationProps {
  readonly product: Product;
  readonly image: ContainerImage;
  /** Folder of the audit volume. */
  readonly folder: string;
  /** Size of the audit volume. */
  readonly size: Size;
}

/**
 * A container beside the server that rotates the audit log before it fills its volume, since a server that cannot write its audit
 * log answers nothing any more. It tells the server to open the new file by SIGHUP, as
 * https://openbao.org/docs/audit/file/#log-file-rotation asks; for that, the containers of a pod share their processes.
 */
export function auditRotation({ product, image, folder, size }: AuditRotationProps): object {
  return {
    name: "audit-rotation",
    image: imageReference(image),
    command: ["/bin/sh", "-ec"],
    args: [script(`${folder}/${AUDIT_FILE}`, Math.floor((size.toGibibytes() * 1024 * 1024) / 10), process(product))],
    lifecycle: { preStop: { exec: { command: ["/bin/sleep", String(OUTLIVES)] } } },
    resources: RESOURCES,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "audit", mountPath: folder }],
  };
}

/** Name of the server's process. */
function process(product: Product): string {
  return product === "vault" ? "vault" : "bao";
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
