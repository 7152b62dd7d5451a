using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Samples.Robot;

namespace Decant.Tests.Robot;

public class RobotTests
{
    [Fact]
    public void What_is_needed_can_be_reached_and_the_steps_are_those_of_the_map()
    {
        var walledIn = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var world = GridWorld.Draw(new Random(seed), ["fish", "caves"], ["nuts", "corn", "lakes"]);
            Assert.Contains("fish", world.Steps.Keys);
            Assert.Contains("caves", world.Steps.Keys);
            walledIn += 5 - world.Steps.Count;

            var rows = world.ToString().Split(Environment.NewLine)[..9].Select(row => row.Replace(" ", "", StringComparison.Ordinal)).ToArray();
            foreach (var (i, thing) in ((string[])["fish", "caves", "nuts", "corn", "lakes"]).Index())
                Assert.Equal(Relaxed(rows, (char)('a' + i)), world.Steps.TryGetValue(thing, out var steps) ? steps : null);
        }

        Assert.InRange(walledIn, 3, 110);
    }

    [Fact]
    public async Task Grounded_plans_never_name_what_cannot_be_reached_and_feed_more_animals()
    {
        using var client = LocalChatClient.Load(EmbeddedModels.Draft, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        var planner = new Planner(client, temperature: 1);
        var (plain, grounded, unreachable) = (0, 0, 0);
        for (var task = 0; task < 40; task++)
        {
            var chore = Chore.Draw(task);
            var alone = await planner.PlanAsync(chore, grounded: false, task);
            var together = await planner.PlanAsync(chore, grounded: true, task);
            Assert.All(together, step => Assert.NotNull(step.Distance));
            plain += Planner.Succeeds(alone) ? 1 : 0;
            grounded += Planner.Succeeds(together) ? 1 : 0;
            unreachable += alone[^1].Distance is null ? 1 : 0;
        }

        Assert.True(unreachable > 0);
        Assert.True(grounded > plain, $"{grounded} of 40 grounded, {plain} without");
    }

    // The same distances by going over the whole map until nothing changes.
    private static int? Relaxed(string[] rows, char thing)
    {
        var steps = rows.Select(row => row.Select(cell => cell == '@' ? 0 : 1000).ToArray()).ToArray();
        for (var round = 0; round < 81; round++)
        {
            for (var y = 0; y < 9; y++)
            {
                for (var x = 0; x < 9; x++)
                {
                    if (rows[y][x] == '#') continue;
                    foreach (var (dx, dy) in ((int, int)[])[(1, 0), (-1, 0), (0, 1), (0, -1)])
                    {
                        if (x + dx is >= 0 and < 9 && y + dy is >= 0 and < 9) steps[y][x] = Math.Min(steps[y][x], steps[y + dy][x + dx] + 1);
                    }
                }
            }
        }

        var row = Array.FindIndex(rows, line => line.Contains(thing));
        return steps[row][rows[row].IndexOf(thing)] is < 1000 and var found ? found : null;
    }
}
