import { stringify } from "yaml";
import { Size } from "../../../src";
import { NO_SEAL_CONFIG } from "../../../src/constructs/seal/seal-config";
import { releaseNames } from "../../../src/constructs/server-config/names";
import { OFFICIAL_IMAGES } from "../../../src/constructs/vault-instance/chart";
import { helmValues } from "../../../src/constructs/vault-instance/helm-values";
import { DEFAULT_RESOURCES } from "../../../src/constructs/vault-instance/instance-limits";

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
