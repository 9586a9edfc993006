import { imageReference, type ContainerImage } from "./chart";
import type { ServerResources } from "./instance-limits";
import { CONTAINER_SECURITY, PRE_STOP_SLEEP } from "./pod-values";

/** What the container needs for itself. */
const RESOURCES: ServerResources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { memory: "32Mi" },
};

/** Seconds that it outlives the order to end: longer than the server, whose container gets SIGTERM after `PRE_STOP_SLEEP`. */
const OUTLIVES = PRE_STOP_SLEEP + 3;

/** Where the API server would mount the token of the pod's ServiceAccount. */
export const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * A container that does nothing but end after the server. As long as a container is left, the pod's network is, too, and refuses
 * connections that still come. Without it they would be lost, and a client would notice only when its own patience ends. By
 * then the Services send clients elsewhere. It has no token, no volume of the server, and does not see its processes.
 */
export function lingeringContainer(image: ContainerImage): object {
  return {
    name: "lingering",
    image: imageReference(image),
    command: ["/bin/sh", "-c"],
    args: ["trap 'exit 0' TERM; while true; do sleep 1 & wait; done"],
    lifecycle: { preStop: { exec: { command: ["/bin/sleep", String(OUTLIVES)] } } },
    resources: RESOURCES,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: NO_TOKEN.name, mountPath: TOKEN_FOLDER, readOnly: true }],
  };
}

/** An empty volume. Where a volume is mounted already, the API server mounts no token. */
export const NO_TOKEN = { name: "no-token", emptyDir: { sizeLimit: "1Mi" } };
