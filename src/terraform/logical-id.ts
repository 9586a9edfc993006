/** Construct IDs that carry no information and are omitted. */
const SILENT = new Set(["Resource", "Default"]);

/** Returns the name of an element in Terraform: its path in snake case, `Cluster/Worker0/Port` becomes `cluster_worker0_port`. */
export function logicalId(path: readonly string[]): string {
  const name = path
    .filter((id) => !SILENT.has(id))
    .map(snakeCase)
    .join("_");
  return /^[a-z_]/.test(name) ? name : `_${name}`;
}

function snakeCase(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}
