using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Contrast;

public class ResidualEditOptionsTests
{
    private static readonly int[] _prompt = [.. Enumerable.Range(0, 30).Select(i => 20 + (i * 37 % 300))];

    [Fact]
    public async Task Scale_one_changes_nothing_and_another_does_what_an_edited_forward_does()
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var plain = await TokensAsync(model, null);
        var options = new ResidualEditOptions { Layer = 2, Direction = Direction(model.Info.HiddenSize), Scale = 1 };
        Assert.Equal(plain, await TokensAsync(model, options));
        var edited = await TokensAsync(model, options with { Scale = 30 });
        Assert.NotEqual(plain, edited);

        // By hand, everything read anew for every token.
        var edit = new ResidualEdit(2, [.. Direction(model.Info.HiddenSize).Select(value => (float)value)], 30);
        List<int> text = [.. _prompt];
        foreach (var token in edited)
        {
            using var sequence = model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(text.ToArray()) { Edits = [edit] });
            Assert.Equal(result.ArgMax(0), token);
            text.Add(token);
        }

        // Prompts in chunks, and searches, run edited as well.
        Assert.Equal(edited, await TokensAsync(model, options with { Scale = 30 }, request => request with { PrefillChunk = 4 }));
        Assert.Equal(edited, await TokensAsync(model, options with { Scale = 30 }, search: new ContrastiveSearchOptions { Alpha = 0 }));
    }

    [Fact]
    public async Task Branches_with_and_without_the_edit_share_nothing()
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var options = new ResidualEditOptions { Layer = 2, Direction = Direction(model.Info.HiddenSize), Scale = 30 };
        var expected = await TokensAsync(model, options);
        // The same prompt for both: what the second branch says decides.
        Assert.Equal(expected, await TokensAsync(model, new SecondBranch(options), request => request with { Branches = [new BranchSource(_prompt)], PrefillChunk = 7 }));
    }

    [Fact]
    public async Task Conversations_read_with_an_edit_do_not_serve_ones_without()
    {
        var services = new DecodingServices();
        using var client = LocalChatClient.Load(null, new LocalChatClientOptions { Services = services });
        var width = ((ICausalModel)((IChatClient)client).GetService(typeof(ICausalModel))!).Info.HiddenSize;
        services.Add("mine", new ResidualDirection([.. Direction(width).Select(value => (float)value)]));
        ChatOptions Edited() => new ChatOptions { MaxOutputTokens = 20 }.WithDecoding(d => d.Contrast(new ResidualEditOptions { Layer = 2, DirectionName = "mine", Scale = 30 }));
        const string Question = "Tell me a story about a fox.";
        var edited = await client.GetResponseAsync(Question, Edited());
        var plain = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 20 });
        var again = await client.GetResponseAsync(Question, Edited());
        var plainAgain = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 20 });
        Assert.NotEqual(plain.Text, edited.Text);
        Assert.Equal(0, plain.Usage!.CachedInputTokenCount);
        Assert.Equal((edited.Text, plain.Text), (again.Text, plainAgain.Text));
        Assert.True(again.Usage!.CachedInputTokenCount > 0 && plainAgain.Usage!.CachedInputTokenCount > 0);
    }

    [Fact]
    public void What_is_missing_or_does_not_fit_is_named()
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var context = new PlanContext { Model = model.Info };
        Refuses("dimensions", new ResidualEditOptions { Direction = [1, 2] });
        Refuses("layers", new ResidualEditOptions { Direction = Direction(model.Info.HiddenSize), Layer = 99 });
        Refuses("mine", new ResidualEditOptions { DirectionName = "mine" });
        Refuses("other", new OtherModel());

        void Refuses(string named, ContrastOptions options)
        {
            var thrown = Assert.ThrowsAny<ArgumentException>(() => DecodingPlan.Compile(new DecodingOptions { Contrast = options }, context));
            Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
        }
    }

    private static ValueList<double> Direction(int width)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() - .5)];
    }

    private static async Task<List<int>> TokensAsync(ICausalModel model, ContrastOptions? contrast, Func<GenerationRequest, GenerationRequest>? change = null, SearchOptions? search = null)
    {
        var options = new DecodingOptions { Contrast = contrast, Search = search, Sampling = new SamplingOptions { Temperature = 0 } };
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = _prompt, MaxTokens = 16, Plan = DecodingPlan.Compile(options, new PlanContext { Model = model.Info }) };
        var tokens = new List<int>();
        await foreach (var token in Generator.GenerateAsync(change?.Invoke(request) ?? request)) tokens.Add(token.Id);
        return tokens;
    }

    private sealed record SecondBranch(ResidualEditOptions Edit) : ContrastOptions
    {
        public override string Kind => "second-branch";

        public override ILogitPolicy Compile(PlanContext context) => new Policy([BranchRequest.Target, Edit.Compile(context).Branches[0] with { Name = "edited" }]);
    }

    private sealed record OtherModel : ContrastOptions
    {
        public override string Kind => "other-model";

        public override ILogitPolicy Compile(PlanContext context)
            => new Policy([BranchRequest.Target, new BranchRequest("branch", "other", BranchPrompt.Same) { Edits = [new ResidualEdit(0, [1], 0)] }]);
    }

    private sealed class Policy(IReadOnlyList<BranchRequest> branches) : ILogitPolicy
    {
        public IReadOnlyList<BranchRequest> Branches => branches;

        public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report) => rows[1].CopyTo(destination);
    }
}
