/** The routers as their owners declare them: made, changed, given profiles, encoders and what was learned elsewhere. */
import { isDeepStrictEqual } from 'node:util';

import { checkProfiles } from '../routing/profiles/check.js';
import type { ProfileRow } from '../routing/profile.js';
import { mergeProfiles } from '../routing/reseed.js';
import { assertRouterName } from '../routing/router-name.js';
import { metricsOf } from '../routing/settings.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import type { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import { putArtifact } from '../store/artifacts.js';
import { importStatistics } from '../store/import-statistics.js';
import type { RouterKey } from '../store/store.js';
import {
  alreadyLearned,
  assertImportable,
  exportState,
  readEncoder,
  readState,
  type ExportedState,
} from './exported-state.js';
import type { Host } from './hosted-router.js';
import type { Registry } from './registry.js';
import { encoderKind } from './router-parts.js';
import { stateOf } from './router-state.js';
import type { RouterState } from './service.js';
import {
  patched,
  withArm,
  withArmChanged,
  withEncoder,
  withoutArm,
  type ArmPatch,
  type RouterPatch,
} from './spec-changes.js';

export class RouterAdministration {
  constructor(
    private readonly host: Pick<Host, 'store' | 'lease' | 'clock'>,
    private readonly registry: Registry,
  ) {}

  list(): RouterState[] {
    return this.registry.all().map(stateOf);
  }

  read(id: string): RouterState {
    return stateOf(this.registry.find(id));
  }

  async create(spec: RouterSpec): Promise<RouterState> {
    return stateOf(await this.registry.create(spec));
  }

  change(id: string, patch: RouterPatch, revision?: number): Promise<RouterState> {
    return this.revise(id, (spec) => patched(spec, patch), revision);
  }

  addArm(id: string, arm: Arm): Promise<RouterState> {
    return this.revise(id, (spec) => withArm(spec, arm));
  }

  changeArm(id: string, armId: string, patch: ArmPatch): Promise<RouterState> {
    return this.revise(id, (spec) => withArmChanged(spec, armId, patch));
  }

  removeArm(id: string, armId: string): Promise<RouterState> {
    return this.revise(id, (spec) => withoutArm(spec, armId));
  }

  readProfiles(id: string): readonly ProfileRow[] {
    return this.registry.find(id).record.profiles;
  }

  async importProfiles(
    id: string,
    rows: unknown,
    mode: 'merge' | 'replace',
  ): Promise<{ rows: number; revision: number }> {
    const { record } = await this.registry.revise(id, ({ spec, profiles }) => {
      const arms = spec.arms.map((arm) => arm.id);
      const checked = checkProfiles(rows, metricsOf(spec), { now: this.host.clock(), arms });
      return { profiles: mode === 'replace' ? checked : mergeProfiles(profiles, checked) };
    });
    return { rows: record.profiles.length, revision: record.revision };
  }

  async putEncoder(id: string, feature: string, artifact: string): Promise<RouterState> {
    const encoder = readEncoder(artifact);
    const { record } = this.registry.find(id);
    const wished = withEncoder(record.spec, feature, encoder);
    if (isDeepStrictEqual(wished, record.spec)) return this.read(id);
    await this.keepEncoder(record, encoder);
    return this.revise(id, (spec) => withEncoder(spec, feature, encoder));
  }

  /** With what other replicas have learned by now. */
  async exportState(id: string): Promise<ExportedState> {
    const router = this.registry.find(id);
    await router.refresh();
    return exportState(router.live);
  }

  /**
   * Gives a router what another one declared and learned; it is made if there is none of that name. What was imported
   * before is replaced; what the router learned itself is never added to, for it may be what the state was exported from.
   */
  async importState(id: string, value: unknown): Promise<RouterState> {
    const { state, cells, encoders } = readState(value);
    const imported = { ...state.spec, id };
    const known = this.registry.all().find(({ record }) => record.router === id);
    if (!known) assertRouterName(id);
    const spec = known ? patched(known.record.spec, imported) : imported;
    assertImportable({ spec, state, cells, encoders, now: this.host.clock() });
    if (known && (await known.hasLearned())) throw alreadyLearned(id);
    if (!known) await this.registry.create({ ...imported, features: [] });
    const { record } = this.registry.find(id);
    for (const encoder of encoders) await this.keepEncoder(record, encoder);
    const router = await this.registry.revise(id, (before) => ({
      spec: patched(before.spec, imported),
      profiles: state.profiles,
    }));
    await importStatistics(this.host.store, record, cells, this.host.lease.owner, this.now());
    await router.refresh();
    return stateOf(router);
  }

  private async keepEncoder(key: RouterKey, encoder: TextEncoderArtifact): Promise<void> {
    const stored = { hash: encoder.hash, kind: encoderKind, bytes: encoder.toBytes() };
    await putArtifact(this.host.store, key, stored, this.now());
  }

  private async revise(id: string, change: (spec: RouterSpec) => RouterSpec, revision?: number): Promise<RouterState> {
    return stateOf(await this.registry.revise(id, ({ spec }) => ({ spec: change(spec) }), revision));
  }

  private now(): Date {
    return new Date(this.host.clock());
  }
}
