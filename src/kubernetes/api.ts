import type { AppsV1Api, Configuration, CoreV1Api, KubeConfig } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};

/** Milliseconds that a request to the Kubernetes API may take. */
const TIMEOUT = 10_000;

/** The Kubernetes API did not do its part. */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";

  constructor(
    message: string,
    /** HTTP status; undefined where there was no answer. */
    readonly status: number | undefined,
  ) {
    super(message);
  }
}

/** A client of a cluster's core API whose requests end. */
export async function coreApi(kubeconfig: KubeConfig): Promise<CoreV1Api> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  return new CoreV1Api(await configure(kubeconfig));
}

/** A client of a cluster's API of workloads whose requests end. */
export async function appsApi(kubeconfig: KubeConfig): Promise<AppsV1Api> {
  const { AppsV1Api } = await import("@kubernetes/client-node");
  return new AppsV1Api(await configure(kubeconfig));
}

async function configure(kubeconfig: KubeConfig): Promise<Configuration> {
  const { createConfiguration, ServerConfiguration } = await import("@kubernetes/client-node");
  return createConfiguration({
    baseServer: new ServerConfiguration(serverOf(kubeconfig), {}),
    authMethods: { default: kubeconfig },
    promiseMiddleware: [
      {
        pre: (request) => {
          request.setSignal(AbortSignal.timeout(TIMEOUT));
          return Promise.resolve(request);
        },
        post: (response) => Promise.resolve(response),
      },
    ],
  });
}

/**
 * Sends a request; a failure says in one sentence what could not be done.
 *
 * The client's own errors hold bodies and headers, which may be those of a Secret.
 *
 * @param purpose Such as `read the Secret a/b`.
 */
export async function askKubernetes<Answer>(
  kubeconfig: KubeConfig,
  purpose: string,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const { name, code, message } = error as { name?: string; code?: unknown; message?: string };
    const server = serverOf(kubeconfig);
    if (typeof code === "number") {
      throw new KubernetesError(
        `The Kubernetes API at ${server} answers ${code} to the request to ${purpose}; check the rights of the kubeconfig's user, and that its stacks are deployed.`,
        code,
      );
    }
    const reason =
      name === "AbortError"
        ? `no answer within ${TIMEOUT / 1000} s`
        : String(typeof code === "string" ? code : message);
    throw new KubernetesError(
      `The Kubernetes API at ${server} cannot be asked to ${purpose} (${reason}); check that it can be reached from here.`,
      undefined,
    );
  }
}

function serverOf(kubeconfig: KubeConfig): string {
  return kubeconfig.getCurrentCluster()?.server ?? "";
}
