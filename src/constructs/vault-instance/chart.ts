import type { Product } from "../../core/product";

/** A Helm chart. */
export interface HelmChart {
  /**
   * URL of the repository.
   *
   * @default - none: `chart` is a folder or an OCI reference
   * @changes rolling restart by the hook, if the chart changes the pods
   */
  readonly repository?: string;
  /**
   * Name of the chart in the repository, or its folder or OCI reference.
   *
   * @changes rolling restart by the hook, if it changes the pods
   */
  readonly chart: string;
  /**
   * Version of the chart.
   *
   * @default - the version in the folder, or the latest version
   * @changes rolling restart by the hook, if it changes the pods
   */
  readonly version?: string;
}

/** A container image. */
export interface ContainerImage {
  /**
   * Name with the registry, such as `registry.example.com/openbao/openbao`. Without a registry it is Docker Hub's.
   *
   * @changes rolling restart by the hook
   */
  readonly repository: string;
  /**
   * Tag of the image.
   *
   * @changes rolling restart by the hook; an older version may not read the data of a newer one
   */
  readonly tag: string;
}

/** The official charts, in the versions for which the values are written. */
export const OFFICIAL_CHARTS: Readonly<Record<Product, HelmChart>> = {
  vault: { repository: "https://helm.releases.hashicorp.com", chart: "vault", version: "0.34.1" },
  openbao: { repository: "https://openbao.github.io/openbao-helm", chart: "openbao", version: "0.29.2" },
};

/** The images of those charts, named explicitly so that a plan shows the version of the server. */
export const OFFICIAL_IMAGES: Readonly<Record<Product, ContainerImage>> = {
  vault: { repository: "docker.io/hashicorp/vault", tag: "2.0.4" },
  openbao: { repository: "quay.io/openbao/openbao", tag: "2.6.2" },
};

/** The name of an image in a pod. */
export function imageReference({ repository, tag }: ContainerImage): string {
  return `${repository}:${tag}`;
}

/** The value of an image for the product's chart. OpenBao's chart separates registry and repository. */
export function imageValues(product: Product, { repository, tag }: ContainerImage): object {
  if (product === "vault") return { repository, tag };
  const [registry = "", ...path] = repository.split("/");
  if (path.length === 0 || !isRegistry(registry)) return { registry: DEFAULT_REGISTRY, repository, tag };
  return { registry, repository: path.join("/"), tag };
}

/** Whether container runtimes read the first part of a name as the host of a registry; https://github.com/distribution/reference */
function isRegistry(part: string): boolean {
  return /[.:]/.test(part) || part === "localhost";
}

const DEFAULT_REGISTRY = "docker.io";
