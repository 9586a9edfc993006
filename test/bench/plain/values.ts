import { stringify } from "yaml";
import { Size } from "../../../src";
import { NO_SEAL_CONFIG } from "../../../src/seal/seal-config";
import { releaseNames } from "../../../src/server-config/names";
import { OFFICIAL_IMAGES } from "../../../src/vault-instance/chart";
import { helmValues } from "../../../src/vault-instance/helm-values";
import { DEFAULT_RESOURCES } from "../../../src/vault-instance/instance-limits";

const NAME = "tenant-name";
/** As a template one would have in a file beside the code. */
const TEMPLATE = stringify(
  helmValues({
    product: "openbao",
    names: releaseNames({ tenant: "tenant", name: "name" }, 3),
    image: OFFICIAL_IMAGES.openbao,
    seal: NO_SEAL_CONFIG,
    dataSize: Size.gibibytes(10),
    auditSize: Size.gibibytes(10),
    storageClass: NAME,
    spreadOverNodes: true,
    resources: DEFAULT_RESOURCES,
    placement: {},
    priorityClass: NAME,
    auditDevices: [],
    ui: false,
    logLevel: "info",
    logFormat: "json",
    kubernetesAuth: false,
    serviceAccountAnnotations: {},
  }),
  { lineWidth: 0, aliasDuplicateObjects: false },
);

/** Values of the chart for the release of this name. */
export function values(name: string): string {
  return TEMPLATE.replaceAll(NAME, name);
}
