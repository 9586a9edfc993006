import { expect, test } from "vitest";
import { restoreCeremony } from "../../../../src/central/pending-keys";
import { unfinishedRotation } from "../../../../src/operations/ceremonies/unfinished-rotation";

test.each([
  [
    "nonce",
    undefined,
    'A rotation of the keys of acme/main was interrupted; finish it with "tenant-vault rotate-keys acme/main", and run this again.',
  ],
  [
    restoreCeremony("s-1"),
    "it is open which keys a snapshot has",
    'A restore of the snapshot s-1 into acme/main was interrupted, so it is open which keys a snapshot has; run it again, or replace the keys of the data that are there with "tenant-vault rotate-keys acme/main", and run this again.',
  ],
])("pending keys of %s", (ceremony, consequence, sentence) => {
  const error = unfinishedRotation("acme/main", { keys: [], threshold: 3, ceremony }, consequence);
  expect(error).toMatchObject({ code: "rotation-unfinished", message: sentence });
});
