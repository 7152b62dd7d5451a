using Decant.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class ContextNavigatorTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "Name one.")];

    [Fact]
    public async Task The_list_shows_the_way_to_an_answer_behind_the_first()
    {
        var answers = await NavigateAsync(new() { Rounds = 2 });
        Assert.Equal([new("Ax", 1, 1, "A"), new("Zx", 2, 1, "Z")], answers);
    }

    [Fact]
    public async Task A_first_token_is_used_once_and_ranks_count_all_tokens()
    {
        // The third list ranks A, B and Z: A is used, B is not.
        var answers = await NavigateAsync(new() { Rounds = 3 });
        Assert.Equal([("Ax", 1), ("Zx", 1), ("Bx", 2)], answers.Select(answer => (answer.Text, answer.Rank)));
        Assert.Equal([1, 2, 3], answers.Select(answer => answer.Round));
    }

    [Fact]
    public async Task Several_branches_begin_in_one_round()
    {
        var answers = await NavigateAsync(new() { Rounds = 1, BranchesPerRound = 2 });
        Assert.Equal([new("Ax", 1, 1, "A"), new("Bx", 1, 2, "B")], answers);
    }

    [Fact]
    public async Task Rounds_end_early_when_the_ranks_run_out()
        => Assert.Equal(["Ax", "Zx"], (await NavigateAsync(new() { Rounds = 9, MaxRank = 1 })).Select(answer => answer.Text));

    [Fact]
    public async Task An_answer_may_continue_the_list_instead()
        => Assert.Equal(["Ax", "Zy"], (await NavigateAsync(new() { Rounds = 2, ContinueFromInitialPrompt = false })).Select(answer => answer.Text));

    [Fact]
    public async Task The_template_says_how_answers_are_listed()
    {
        // In this form the model has no list to go on with, and ranks as at first.
        var answers = await NavigateAsync(new() { Rounds = 2, ListTemplate = "* {answer};" });
        Assert.Equal(["Ax", "Bx"], answers.Select(answer => answer.Text));
    }

    [Fact]
    public async Task Cancellation_ends_the_rounds_and_frees_everything()
    {
        var model = Model();
        using (var client = TextModel.Client(model))
        {
            using var cancel = new CancellationTokenSource();
            var forwards = 0;
            model.BeforeForward = _ =>
            {
                if (++forwards == 5) cancel.Cancel();
                return Task.CompletedTask;
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ContextNavigator(client, new() { Rounds = 3 }).NavigateAsync(_question, null, cancel.Token));
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        using var client = TextModel.Client(Model());
        void Refuses(string name, ContextNavigationOptions options) => Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => new ContextNavigator(client, options)).Message, StringComparison.OrdinalIgnoreCase);
        Refuses("Rounds", new() { Rounds = 0 });
        Refuses("BranchesPerRound", new() { BranchesPerRound = 0 });
        Refuses("MaxRank", new() { MaxRank = 0 });
        Refuses("ListTemplate", new() { ListTemplate = "{number}." });
    }

    private static async Task<IReadOnlyList<NavigatedAnswer>> NavigateAsync(ContextNavigationOptions options)
    {
        using var client = TextModel.Client(Model());
        return await new ContextNavigator(client, options).NavigateAsync(_question);
    }

    private static TableModel Model() => TextModel.Of((_, said) => said switch
    {
        "" or "* Ax;* " or "* Ax;*" => [('A', 0.6), ('B', 0.3), ('C', 0.1)],
        "1. Ax\n2." => [('Z', 0.6), ('A', 0.3), ('B', 0.1)],
        "1. Ax\n2. Zx\n3." => [('A', 0.6), ('B', 0.3), ('Z', 0.1)],
        "1. Ax\n2.Z" => [('y', 1)],
        "1. Ax\n2.Zy" => [('\n', 1)],
        { Length: 1 } => [('x', 1)],
        _ => [(TextModel.End, 1)],
    });
}
