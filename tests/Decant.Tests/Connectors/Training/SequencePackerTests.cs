using Decant.Connectors.Training;

namespace Decant.Tests.Connectors.Training;

public class SequencePackerTests
{
    [Fact]
    public void An_example_goes_to_the_fullest_row_with_room()
    {
        // Rows of 8: 5 opens a row, 4 another; 3 completes the first, 2 fits the second only.
        var rows = SequencePacker.Pack([Example(10, 5), Example(20, 4), Example(30, 3), Example(40, 2)], 8).ToList();

        Assert.Equal([10, 11, 12, 13, 14, 30, 31, 32], rows[0].Ids);
        Assert.Equal([20, 21, 22, 23, 40, 41, 0, 0], rows[1].Ids);
        Assert.Equal([false, true, true, true, true, false, true, true], rows[0].Learn);
        Assert.Equal([false, true, true, true, false, true, false, false], rows[1].Learn);
        Assert.Equal(6, rows[1].Count);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void Every_example_lies_in_one_row_whole_and_once()
    {
        var random = new Random(5);
        var examples = Enumerable.Range(1, 3_000).Select(i => Example(i * 1_000, random.Next(1, 200))).ToList();
        var rows = SequencePacker.Pack(examples, 256).ToList();

        var starts = new HashSet<long>();
        foreach (var row in rows)
        {
            for (var at = 0; at < row.Count;)
            {
                var example = examples[(int)(row.Ids[at] / 1_000) - 1];
                Assert.Equal(example.Ids.Select(id => (long)id), row.Ids.Skip(at).Take(example.Ids.Count));
                Assert.True(starts.Add(row.Ids[at]));
                at += example.Ids.Count;
            }
        }

        Assert.Equal(examples.Count, starts.Count);
        Assert.True(examples.Sum(example => example.Ids.Count) > 0.95 * 256 * rows.Count, "more than 5 % of the rows is padding");
    }

    [Fact]
    public void An_example_longer_than_a_row_is_cut_and_goes_on_learning()
    {
        var rows = SequencePacker.Pack([Example(1, 7)], 3).ToList();
        Assert.Equal([[1, 2, 3], [4, 5, 6], [7, 0, 0]], rows.Select(row => row.Ids));
        Assert.Equal([false, true, true], rows[0].Learn);
        Assert.Equal([true, true, true], rows[1].Learn);
        Assert.Equal([true, false, false], rows[2].Learn);
    }

    [Fact]
    public void Endless_examples_are_read_as_needed_and_the_same_ones_give_the_same_rows()
    {
        Assert.Equal(Take(), Take());

        static List<long[]> Take() => [.. SequencePacker.Pack(Endless(), 64).Take(100).Select(row => row.Ids)];

        static IEnumerable<TrainingExample> Endless()
        {
            var random = new Random(3);
            while (true) yield return Example(1, random.Next(1, 60));
        }
    }

    [Fact]
    public void A_mask_of_another_length_is_an_error_that_says_so() =>
        Assert.Contains("2 ids but 1", Assert.Throws<ArgumentException>(() => SequencePacker.Pack([new TrainingExample([1, 2], [true])], 8).ToList()).Message, StringComparison.Ordinal);

    private static TrainingExample Example(int first, int count) => new([.. Enumerable.Range(first, count)]);
}
