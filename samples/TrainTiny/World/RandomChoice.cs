namespace Decant.Samples.TrainTiny.World;

/// <summary>Draws from lists. A <see cref="Random"/> with a seed gives the same numbers on every machine.</summary>
internal static class RandomChoice
{
    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>One that differs from <paramref name="other"/>; the list has at least two different items.</summary>
    public static T PickOther<T>(this Random random, IReadOnlyList<T> items, T other)
    {
        while (true)
        {
            var item = random.Pick(items);
            if (!EqualityComparer<T>.Default.Equals(item, other)) return item;
        }
    }

    /// <summary><paramref name="count"/> different items in random order.</summary>
    public static List<T> PickSome<T>(this Random random, IReadOnlyList<T> items, int count)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled.Take(count)];
    }

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;
}
