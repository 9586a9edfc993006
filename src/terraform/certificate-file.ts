import { readFileSync } from "node:fs";
import { AssetType, TerraformAsset } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";

/**
 * The content of a PEM file that a tenant or operator names.
 *
 * @param field The field that names it, for errors.
 * @throws ValidationError if the file cannot be read.
 */
export function readCertificateFile(file: string, field: string, scope?: Construct): string {
  const content = readText(file);
  if (content === undefined) {
    throw new ValidationError(
      "certificate-file",
      `${field} names the file "${file}", which cannot be read; check the path, which is relative to the project.`,
      scope,
    );
  }
  return content;
}

/**
 * Copies a PEM file beside the synthesized JSON, because providers take a file.
 *
 * @param field The field that names it, for errors.
 * @returns A path relative to the folder in which Terraform runs.
 * @throws ValidationError if the file cannot be read.
 */
export function certificateAsset(scope: Construct, id: string, file: string, field: string): string {
  readCertificateFile(file, field, scope);
  return new TerraformAsset(scope, id, { path: file, type: AssetType.FILE }).path;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
