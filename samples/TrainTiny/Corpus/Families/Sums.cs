using System.Globalization;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Sums of two numbers of two digits, worked out column by column before the answer.</summary>
internal sealed class Sums : ITaskFamily
{
    private static readonly string[] _columns = ["ones", "tens"];
    private static readonly string[] _questions = ["What is {a} + {b}?", "Add {a} and {b}.", "How much is {a} plus {b}?", "{a} + {b} = ?", "Calculate {a} + {b}."];

    public Example Draw(Random random)
    {
        var example = Ask(random, heldOut: false);
        return random.Chance(0.1) ? WithoutThinking(example) : example;
    }

    /// <summary>A sum whose operands are on the wanted side of the split.</summary>
    public static Example Ask(Random random, bool heldOut)
    {
        while (true)
        {
            var (a, b) = (Operand(random), Operand(random));
            if (IsHeldOut(a, b) != heldOut) continue;
            var question = random.Pick(_questions).Replace("{a}", Text(a), StringComparison.Ordinal).Replace("{b}", Text(b), StringComparison.Ordinal);
            return new Example([Turn.User(question), Turn.Assistant($"The sum is {a + b}.") with { Reasoning = Scratchpad(a, b) }]);
        }
    }

    /// <summary>The same sum, to be answered at once.</summary>
    public static Example WithoutThinking(Example example) =>
        example with { Turns = [.. example.Turns.SkipLast(1), example.Answer with { Reasoning = null }], Thinking = false };

    /// <summary>Whether training never adds these two numbers, in either order.</summary>
    public static bool IsHeldOut(int a, int b) => Split.IsHeldOut($"{Math.Min(a, b)}+{Math.Max(a, b)}");

    /// <summary>The columns from the right: digit + digit + carry = two digits, of which the first is the next carry.</summary>
    public static string Scratchpad(int a, int b)
    {
        var carry = 0;
        var steps = new List<string>();
        foreach (var column in _columns)
        {
            var sum = (a % 10) + (b % 10) + carry;
            steps.Add($"{column} {a % 10}+{b % 10}+{carry}={sum:00}");
            (a, b, carry) = (a / 10, b / 10, sum / 10);
        }

        return string.Join(", ", steps);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Operand(Random random) => random.Next(10, 100);
}
