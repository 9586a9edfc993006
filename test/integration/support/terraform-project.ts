import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { App, type TerraformStack } from "cdktf";
import { newFolderInProject, PROJECT } from "../../../lab/cdktf";
import { begin, run, tryRun, type Command } from "../../../lab/run";
import { obtainTerraform } from "../../../lab/tools/terraform";
import type { StateResource } from "./changed-by-hand";

/** What a plan would do, by address. */
export interface Plan {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
}

/** What a plan would do to one resource. */
export interface PlannedChange {
  readonly action: "create" | "update" | "delete" | "replace" | "forget";
  readonly address: string;
  /** What changes in it, or, if it is replaced, what replaces it. */
  readonly attributes: readonly string[];
}

interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown: Readonly<Record<string, unknown>>;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/** Stacks that are applied by Terraform itself, which finds providers as the machine is configured to. */
export class TerraformProject {
  readonly folder = newFolderInProject("acceptance");
  app = this.newApp();

  constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  /** An app in the same place, for stacks that have changed. */
  newApp(): App {
    this.app = new App({ outdir: join(this.folder, "cdktf.out"), stackTraces: false });
    return this.app;
  }

  /** Relative to the project, for the local backend. */
  get stateFolder(): string {
    return relative(PROJECT, join(this.folder, "state"));
  }

  synthesize(): void {
    this.app.synth();
  }

  /** Prepares the folder of a stack, which applying does as well. */
  async initialize(stack: TerraformStack): Promise<void> {
    await this.terraform(stack, "init", "-input=false");
  }

  async apply(stack: TerraformStack): Promise<string> {
    await this.initialize(stack);
    return this.terraform(stack, "apply", "-input=false", "-auto-approve");
  }

  /** Whether a new plan would change anything. */
  async isUnchanged(stack: TerraformStack): Promise<boolean> {
    const { program } = await obtainTerraform();
    const { code, stdout } = await tryRun(
      program,
      ["plan", "-input=false", "-no-color", "-detailed-exitcode", "-out=review.tfplan"],
      this.options(stack),
    );
    if (code === 2) process.stdout.write(stdout);
    return code === 0;
  }

  /** Addresses of what a plan would do. @throws Error when the plan fails; its sentences are on one line each. */
  async plan(stack: TerraformStack): Promise<Plan> {
    await this.terraform(stack, "init", "-input=false");
    await this.terraform(stack, "plan", "-input=false", "-no-color", "-out=review.tfplan").catch(unwrap);
    const { resource_changes } = JSON.parse(await this.terraform(stack, "show", "-json", "review.tfplan")) as {
      resource_changes: { address: string; mode: string; change: { actions: string[] } }[];
    };
    const doing = (action: string): string[] =>
      resource_changes
        .filter(({ mode, change }) => mode === "managed" && change.actions.includes(action))
        .map(({ address }) => address)
        .sort();
    return { create: doing("create"), update: doing("update"), delete: doing("delete") };
  }

  /** What a plan would do to each resource, sorted by address. The plan is kept for {@link applyPlan}. */
  async changes(stack: TerraformStack): Promise<PlannedChange[]> {
    await this.initialize(stack);
    await this.terraform(stack, "plan", "-input=false", "-no-color", "-out=review.tfplan").catch(unwrap);
    const { resource_changes = [] } = JSON.parse(await this.terraform(stack, "show", "-json", "review.tfplan")) as {
      resource_changes?: ResourceChange[];
    };
    return resource_changes.flatMap(plannedChange).sort((one, other) => (one.address < other.address ? -1 : 1));
  }

  /** What the state has. */
  async state(stack: TerraformStack): Promise<readonly StateResource[]> {
    const { values } = JSON.parse(await this.terraform(stack, "show", "-json")) as {
      values: { root_module: { resources: readonly StateResource[] } };
    };
    return values.root_module.resources;
  }

  /** Applies the last plan of {@link changes}. */
  async applyPlan(stack: TerraformStack): Promise<void> {
    await this.terraform(stack, "apply", "-input=false", "review.tfplan");
  }

  async destroy(stack: TerraformStack): Promise<void> {
    await this.terraform(stack, "destroy", "-input=false", "-auto-approve");
  }

  async output<T = string>(stack: TerraformStack, name: string): Promise<T> {
    return JSON.parse(await this.terraform(stack, "output", "-json", name)) as T;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs Terraform in the folder of a stack. @returns What it prints. @throws CommandError if it fails. */
  async terraform(stack: TerraformStack, ...args: string[]): Promise<string> {
    const { program } = await obtainTerraform();
    return (await run(program, args, this.options(stack))).stdout;
  }

  /** Starts Terraform in the folder of a stack. */
  async begin(stack: TerraformStack, ...args: string[]): Promise<Command> {
    const { program } = await obtainTerraform();
    return begin(program, args, this.options(stack));
  }

  /** Writes a file into the folder of a stack, beside what was synthesized. */
  writeFile(stack: TerraformStack, name: string, content: string): void {
    writeFileSync(join(this.folderOf(stack), name), content);
  }

  removeFile(stack: TerraformStack, name: string): void {
    rmSync(join(this.folderOf(stack), name));
  }

  /** The stack as JSON for Terraform. */
  synthesized(stack: TerraformStack): string {
    return readFileSync(join(this.folderOf(stack), "cdk.tf.json"), "utf8");
  }

  /** What Terraform has printed. */
  get logFile(): string {
    return join(this.folder, "terraform.log");
  }

  /** Where the last plan of a stack is saved. */
  planFile(stack: TerraformStack): string {
    return join(this.folderOf(stack), "review.tfplan");
  }

  private folderOf(stack: TerraformStack): string {
    return join(this.folder, "cdktf.out", "stacks", stack.node.id);
  }

  private options(stack: TerraformStack) {
    const cwd = this.folderOf(stack);
    const env = { ...process.env, ...this.environment, TF_IN_AUTOMATION: "true" };
    return { cwd, env, onOutput: (text: string) => appendFileSync(this.logFile, text) };
  }
}

function plannedChange({ address, mode, change }: ResourceChange): PlannedChange[] {
  const { actions, before, after, after_unknown, replace_paths = [] } = change;
  const [first = "no-op"] = actions;
  if (mode !== "managed" || first === "no-op" || first === "read") return [];
  if (actions.length > 1)
    return [
      { action: "replace", address, attributes: [...new Set(replace_paths.map(([name]) => String(name)))].sort() },
    ];
  const differs = (name: string): boolean =>
    after_unknown[name] === true || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]);
  const names = first === "update" ? Object.keys({ ...before, ...after }).filter(differs) : [];
  return [{ action: first as PlannedChange["action"], address, attributes: names.sort() }];
}

/** Terraform breaks its sentences at the width of a terminal. */
function unwrap(error: unknown): never {
  throw new Error((error as Error).message.replaceAll(/\s*\n│?\s*/g, " "));
}
