using Decant.Tool;

namespace Decant.Tests.Tool;

public class CommandLineTests
{
    [Theory]
    [InlineData("chat")]
    [InlineData("serve")]
    [InlineData("bench")]
    [InlineData("inspect")]
    [InlineData("trace")]
    [InlineData("corpus", "build")]
    [InlineData("corpus", "info")]
    public async Task Every_command_has_help_with_an_example_of_itself(params string[] command)
    {
        var run = await ToolRun.Async([.. command, "--help"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("Examples:", run.Output);
        Assert.Contains($"  decant {string.Join(' ', command)} ", run.Output);
    }

    [Fact]
    public async Task Help_lists_the_commands()
    {
        var help = await ToolRun.Async("--help");
        Assert.Equal(0, help.Code);
        Assert.All(["chat", "serve", "bench", "inspect", "trace", "corpus"], name => Assert.Contains($"  {name} ", help.Output));
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("--weights takes", "chat", "--weights", "fp4")]
    [InlineData("there is no strategy", "chat", "--decoding", "nonsense")]
    [InlineData("--temperature takes a number of 0 or more", "chat", "--temperature", "-1")]
    [InlineData("--temperature takes a number of 0 or more, not hot", "chat", "--temperature", "hot")]
    [InlineData("--model takes one folder, not a b", "chat", "--model", "a", "--model", "b")]
    [InlineData("--named takes NAME=FOLDER", "chat", "--named", "draft")]
    [InlineData(".html or .json", "chat", "--trace", "trace.txt")]
    [InlineData("--url takes addresses", "serve", "--url", "localhost")]
    [InlineData("--draft drafts for one --model", "serve", "--model", "a", "b", "--draft", "c")]
    [InlineData("--streams takes", "bench", "--streams", "0")]
    [InlineData("--output", "corpus", "build", "file.txt")]
    [InlineData("'inspect'", "inspect")]
    [InlineData("--threads takes 1 to 256, not 0", "bench", "--threads", "0")]
    [InlineData("--seed takes a whole number, not one", "chat", "--seed", "one")]
    public async Task What_is_not_understood_is_said_on_the_error_output_with_exit_code_2(string said, params string[] args)
    {
        var run = await ToolRun.Async(args);
        Assert.Equal((DecantTool.WrongUsage, ""), (run.Code, run.Output));
        Assert.Contains(said, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, run.Error.TrimEnd().Split('\n').Length);
        Assert.Contains("--help tells", run.Error);
    }

    [Fact]
    public async Task What_fails_is_one_line_on_the_error_output_with_exit_code_1()
    {
        var run = await ToolRun.Async("chat", "--model", "no/such/folder", "--prompt", "Hi");
        Assert.Equal((DecantTool.Failure, ""), (run.Code, run.Output));
        Assert.Contains("no/such/folder", Assert.Single(run.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task An_interrupted_command_ends_with_the_shell_s_code()
    {
        using var console = new ToolConsole(new StringReader(""), new StringWriter(), new StringWriter());
        Assert.True(console.Interruption.Raise());
        Assert.Equal(DecantTool.Interrupted, await DecantTool.RunAsync(["bench"], console));
    }

    [Fact]
    public void At_a_prompt_the_signal_ends_the_process_and_during_an_answer_only_the_answer()
    {
        using var interruption = new Interruption();
        interruption.IsWaiting = true;
        Assert.False(interruption.Raise());
        interruption.IsWaiting = false;
        var answer = interruption.BeginAnswer();
        Assert.True(interruption.Raise());
        Assert.True(answer.IsCancellationRequested);
        Assert.False(interruption.Token.IsCancellationRequested);
        interruption.EndAnswer();
        Assert.True(interruption.Raise());
        Assert.True(interruption.Token.IsCancellationRequested);
    }
}
