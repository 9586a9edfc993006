import { imageReference, type ContainerImage } from "./chart";
import type { Size } from "../../core/size";
import type { Product } from "../../core/product";
import { AUDIT_FILE } from "../server-config/audit-device";
import type { ServerResources } from "./instance-limits";
import { CONTAINER_SECURITY, PRE_STOP_SLEEP } from "./pod-values";

/**
 * Rotated logs to keep. With the current log that is eight files of 10 % of the volume. The remaining 20 % absorbs writes between
 * two checks, which are 5 s apart. With 10 GiB that is enough for 50 MiB/s.
 */
const KEPT = 7;

/** Resources of the container. */
const RESOURCES: ServerResources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { memory: "32Mi" },
};

/**
 * Seconds that the container stays up after SIGTERM, longer than the server. The pod's network exists as long as a container runs,
 * and rejects late connections. Without it, late connections would be dropped, and clients would wait for their timeouts. After
 * this time the Services no longer send connections to the pod.
 */
const OUTLIVES = PRE_STOP_SLEEP + 3;

/** Properties of the rotation. */
export interface AuditRotationProps {
  readonly product: Product;
  readonly image: ContainerImage;
  /** Folder of the audit volume. */
  readonly folder: string;
  /** Size of the audit volume. */
  readonly size: Size;
}

/**
 * A sidecar that rotates the audit log before the log fills its volume. A server that cannot write its audit log answers no
 * requests. The sidecar sends SIGHUP, and the server opens the new file. For that, the containers of a pod share their processes;
 * https://openbao.org/docs/audit/file/#log-file-rotation
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
