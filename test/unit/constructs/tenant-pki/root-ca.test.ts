import { expect, test } from "vitest";
import { Duration, RootCa, type RootCaProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

function root(props: Partial<RootCaProps> = {}, use: (ca: RootCa) => void = () => undefined): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    use(new RootCa(stack, "Root", { commonName: "Root CA", address: "https://central:8200", provider, ...props }));
  });
}

test("says how long it lasts, which is 10 years unless told otherwise", () => {
  const lifetimes: number[] = [];
  const keep = ({ lifetime }: RootCa): unknown => lifetimes.push(lifetime.toSeconds());
  root({}, keep);
  root({ lifetime: Duration.days(365) }, keep);
  expect(lifetimes).toEqual([315_360_000, 31_536_000]);
});

test("P2: the plan fails if its lifetime changes, because its certificate would stay the same", () => {
  const { resource } = root({ lifetime: Duration.days(365) });
  expect(only(resource, "terraform_data")).toMatchObject({
    input: { lifetime: "31536000" },
    lifecycle: { ignore_changes: ["input"], prevent_destroy: true },
  });
  expect(only(resource, "vault_pki_secret_backend_root_cert").lifecycle).toMatchObject({
    prevent_destroy: true,
    precondition: [
      {
        condition: '${terraform_data.root_origin.input.lifetime == "31536000"}',
        error_message: expect.stringMatching(/pki-root cannot be changed; set the former lifetime again, or/) as string,
      },
    ],
  });
});
