namespace Decant.Tests.Decoding;

/// <summary>Branches read what they are fed, whenever they run.</summary>
public class BranchSetTests
{
    private static readonly int[] _prompt = [1, 2, 0, 3];
    private static readonly int[] _riding = [1, 2, 4];
    private static readonly int[] _lagging = [3];

    [Fact]
    public async Task Every_branch_reads_its_prompt_and_what_all_are_fed()
    {
        using var models = new Models();
        using var set = await models.OpenAsync();
        Assert.Equal(3, set.Count);
        foreach (var chunk in (int[][])[[1], [2, 2], [0]])
        {
            models.Fed.AddRange(chunk);
            set.Feed(chunk);
            using var step = await set.ForwardAsync();
            models.AssertRows(step, models.Fed);
        }
    }

    [Fact]
    public async Task Several_rows_are_those_of_the_last_tokens()
    {
        using var models = new Models();
        using var set = await models.OpenAsync();
        (await set.ForwardAsync()).Dispose();
        set.Feed([4, 0, 1]);
        using var step = await set.ForwardAsync(rows: 3);
        for (var row = 0; row < 3; row++) models.AssertRows(step, ((int[])[4, 0, 1])[..(row + 1)], row);
    }

    [Fact]
    public async Task A_branch_that_stayed_behind_catches_up_in_one_block()
    {
        using var models = new Models();
        using var set = await models.OpenAsync();
        for (var token = 0; token < 4; token++)
        {
            using (var settled = await set.ForwardAsync(settles: _ => true)) Assert.True(settled.Settled);
            set.Feed([token]);
        }

        Assert.Equal(0, models.Small.ForwardCount);
        using var step = await set.ForwardAsync(settles: _ => false);
        Assert.False(step.Settled);
        models.AssertRows(step, [0, 1, 2, 3]);
        Assert.Equal(1, models.Small.ForwardCount);
    }

    [Fact]
    public async Task Tokens_are_taken_back_whether_they_have_run_or_not()
    {
        using var models = new Models();
        using var set = await models.OpenAsync();
        (await set.ForwardAsync()).Dispose();
        set.Feed([1, 2]);
        (await set.ForwardAsync(settles: _ => true)).Dispose();
        set.Feed([3]);
        set.TakeBack(2);
        set.Feed([4]);
        using (var step = await set.ForwardAsync()) models.AssertRows(step, [1, 4]);
        set.TakeBack(2);
        set.Feed([0]);
        using (var step = await set.ForwardAsync()) models.AssertRows(step, [0]);
    }

    [Fact]
    public async Task A_fork_goes_its_own_way()
    {
        using var models = new Models();
        using var set = await models.OpenAsync();
        set.Feed([1]);
        (await set.ForwardAsync(settles: _ => true)).Dispose();
        set.Feed([2]);
        using (var fork = set.Fork())
        {
            fork.Feed([3]);
            set.Feed([4]);
            using (var step = await fork.ForwardAsync()) models.AssertRows(step, [1, 2, 3]);
            using (var step = await set.ForwardAsync()) models.AssertRows(step, [1, 2, 4]);
        }

        set.Feed([0]);
        using (var step = await set.ForwardAsync()) models.AssertRows(step, [1, 2, 4, 0]);
    }

    [Fact]
    public async Task Disposing_leaves_the_callers_sequences()
    {
        using var models = new Models();
        (await models.OpenAsync()).Dispose();
        Assert.Equal((1, 1), (models.Large.OpenSequences, models.Small.OpenSequences));
    }

    /// <summary>A target with one branch of its own model and one of another.</summary>
    private sealed class Models : IDisposable
    {
        private readonly ISequence _target;
        private readonly ISequence _branch;

        public Models() => (_target, _branch) = (Large.OpenSequence(), Small.OpenSequence());

        public TableModel Large { get; } = TableModel.Random(5, order: 100);

        public TableModel Small { get; } = TableModel.Random(5, order: 100, seed: 2);

        public List<int> Fed { get; } = [];

        public ValueTask<BranchSet> OpenAsync() => BranchPrefill.RunAsync(
            new GenerationRequest { Sequence = _target, Prompt = _prompt, Branches = [new(_riding), new(_lagging, _branch)] }, new ForwardCounter(), default);

        public void AssertRows(BranchStep step, IReadOnlyList<int> fed, int row = 0)
        {
            var rows = step.Rows(row);
            foreach (var (model, prompt, index) in new[] { (Large, _prompt, 0), (Large, _riding, 1), (Small, _lagging, 2) })
            {
                var expected = new float[5];
                model.Fill((int[])[.. prompt, .. fed], expected);
                Assert.Equal(expected, rows[index].ToArray());
            }
        }

        public void Dispose()
        {
            _target.Dispose();
            _branch.Dispose();
        }
    }
}
