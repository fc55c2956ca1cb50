import type { Crew, CrewMember } from './crew.ts';
import type { ShardSchedule } from './schedule.ts';

/**
 * Decides who gets the waiting shards: no worker more than its credits, none more than its fair share while others are
 * free, and where possible whoever holds the shard's state.
 *
 * @returns Pairs of a shard and its worker; nothing is assigned yet.
 */
export function shareWork(schedule: ShardSchedule, crew: Crew): { shard: number; member: CrewMember }[] {
  const all = crew.members();
  const quick = all.filter(({ isSlow }) => !isSlow);
  const members = quick.length > 0 ? quick : all;
  const waiting = schedule.waiting();
  if (members.length === 0 || waiting.length === 0) return [];
  const loads = new Map(members.map((member) => [member, schedule.assigned(member.name).length]));
  const load = (member: CrewMember) => loads.get(member) ?? 0;
  const total = waiting.length + [...loads.values()].reduce((sum, value) => sum + value, 0);
  const share = Math.ceil(total / members.length);
  const pairs: { shard: number; member: CrewMember }[] = [];
  const give = (shard: number, member: CrewMember) => {
    loads.set(member, load(member) + 1);
    pairs.push({ shard, member });
  };
  const others = waiting.filter((shard) => {
    const holder = crew.byName(schedule.holder(shard) ?? '');
    if (!holder || !members.includes(holder) || load(holder) >= Math.min(share, holder.credits)) return true;
    give(shard, holder);
    return false;
  });
  for (const shard of others) {
    const free = members.filter((member) => load(member) < member.credits);
    if (free.length === 0) break;
    give(
      shard,
      free.reduce((least, member) => (load(member) < load(least) ? member : least)),
    );
  }
  return pairs;
}
