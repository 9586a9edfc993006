/** Port of the Kubernetes API. */
export const KUBERNETES_API_PORT = 6443;
