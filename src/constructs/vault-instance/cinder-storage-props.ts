/** Properties of Cinder volumes. */
export interface CinderStorageProps {
  /**
   * Volume type.
   *
   * @default - the cloud's default
   * @changes in place: OpenStack refuses another type that needs a migration
   */
  readonly volumeType?: string;
  /**
   * Cinder zones, assigned to the replicas in turn. Each replica then runs on a node in the zone of the same name, because many
   * clouds cannot attach a volume across zones.
   *
   * @default - the cloud chooses; replicas run on any node
   * @changes refused: the volumes have prevent_destroy; replace each replica
   */
  readonly volumeZones?: readonly string[];
  /**
   * Whether Terraform refuses to destroy the volumes.
   *
   * @default true
   * @changes in place: only Terraform's refusal to destroy changes
   */
  readonly deletionProtection?: boolean;
}
