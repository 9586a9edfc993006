import type { OpenStack } from "./openstack";
import { blocksOf, dataOf, flavorsOf, textsOf, type SynthesizedStack } from "./synthesized-stack";

/** Images, flavors, key pairs and types of volumes that the cloud does not have. @returns One line per problem. */
export async function checkNames(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const found = await Promise.all([
    missing(textsOf(dataOf(stack, "openstack_images_image_ids_v2"), "name"), (name) => cloud.hasImage(name)),
    missing(textsOf(dataOf(stack, "openstack_compute_keypair_v2"), "name"), (name) => cloud.hasKeyPair(name)),
    missingFlavors(stack, cloud),
    missingTypes(stack, cloud),
  ]);
  return ["image", "key pair", "flavor", "volume type"].flatMap((what, index) =>
    (found[index] ?? []).map(
      (name) => `${stack.name} uses the ${what} ${name}, which the cloud does not have; change it in the tenant file.`,
    ),
  );
}

async function missingFlavors(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const wanted = flavorsOf(stack);
  if (wanted.length === 0) return [];
  const flavors = await cloud.flavors();
  return wanted
    .filter(({ name, id }) => !flavors.some((flavor) => flavor.name === name || flavor.id === id))
    .map(({ name, id }) => name ?? id ?? "");
}

async function missingTypes(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const wanted = textsOf(blocksOf(stack, "openstack_blockstorage_volume_v3"), "volume_type");
  if (wanted.length === 0) return [];
  const types = await cloud.volumeTypes();
  return wanted.filter((name) => !types.includes(name));
}

async function missing(names: readonly string[], exists: (name: string) => Promise<boolean>): Promise<string[]> {
  const checked = await Promise.all(names.map(async (name) => ({ name, exists: await exists(name) })));
  return checked.filter(({ exists }) => !exists).map(({ name }) => name);
}
