import type { Product } from "../../core/product";

/** A Helm chart. */
export interface HelmChart {
  /** URL of the repository. @default - `chart` is a folder or an OCI reference */
  readonly repository?: string;
  readonly chart: string;
  /** @default - the one in the folder */
  readonly version?: string;
}

/** A container image. */
export interface ContainerImage {
  /** With the registry, such as `registry.example.com/openbao/openbao`; without one it is Docker's. */
  readonly repository: string;
  readonly tag: string;
}

/** The official charts, in the versions that the values are made for. */
export const OFFICIAL_CHARTS: Readonly<Record<Product, HelmChart>> = {
  vault: { repository: "https://helm.releases.hashicorp.com", chart: "vault", version: "0.34.1" },
  openbao: { repository: "https://openbao.github.io/openbao-helm", chart: "openbao", version: "0.29.2" },
};

/** The images of those charts; named, so that a plan shows which server it brings. */
export const OFFICIAL_IMAGES: Readonly<Record<Product, ContainerImage>> = {
  vault: { repository: "docker.io/hashicorp/vault", tag: "2.0.4" },
  openbao: { repository: "quay.io/openbao/openbao", tag: "2.6.2" },
};

/** An image as pods name it. */
export function imageReference({ repository, tag }: ContainerImage): string {
  return `${repository}:${tag}`;
}

/** An image as the product's chart takes it; OpenBao's wants the registry apart from the repository. */
export function imageValues(product: Product, { repository, tag }: ContainerImage): object {
  if (product === "vault") return { repository, tag };
  const [registry = "", ...path] = repository.split("/");
  if (path.length === 0 || !isRegistry(registry)) return { registry: DEFAULT_REGISTRY, repository, tag };
  return { registry, repository: path.join("/"), tag };
}

/** As container runtimes tell the host of a registry from a part of a name; https://github.com/distribution/reference */
function isRegistry(part: string): boolean {
  return /[.:]/.test(part) || part === "localhost";
}

const DEFAULT_REGISTRY = "docker.io";
