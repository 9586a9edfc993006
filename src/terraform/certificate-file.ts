import { readFileSync } from "node:fs";
import { AssetType, TerraformAsset, Token } from "cdktf";
import type { Construct } from "constructs";
import { certificateProblem } from "../core/certificate";
import { ValidationError } from "../core/errors";

/** @param pems Texts by their fields. @throws ValidationError if one is not certificates as PEM, or contains a private key. */
export function checkCertificates(pems: Readonly<Record<string, string | undefined>>, scope?: Construct): void {
  for (const [field, pem] of Object.entries(pems)) {
    if (pem === undefined || Token.isUnresolved(pem)) continue;
    const problem = certificateProblem(pem);
    if (problem !== undefined) throw new ValidationError("certificate", `The ${field} ${problem}.`, scope);
  }
}

/**
 * The content of a PEM file that a tenant or operator names.
 *
 * @param field The field that names it, for errors.
 * @throws ValidationError if the file cannot be read, is not certificates, or contains a private key.
 */
export function readCertificateFile(file: string, field: string, scope?: Construct): string {
  const content = readText(file);
  const problem =
    content === undefined
      ? "cannot be read; check the path, which is relative to the project"
      : certificateProblem(content);
  if (content === undefined || problem !== undefined)
    throw new ValidationError("certificate-file", `${field} names the file "${file}", which ${problem}.`, scope);
  return content;
}

/**
 * Copies a PEM file beside the synthesized JSON, because providers take a file.
 *
 * @param field The field that names it, for errors.
 * @returns A path relative to the folder in which Terraform runs.
 * @throws ValidationError if the file cannot be read, is not certificates, or contains a private key.
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
