using System.Text.Json;
using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace Decant.Tests.Hosting.Playground;

/// <summary>Asking and looking at answers, in a browser.</summary>
[Collection(nameof(PlaygroundBrowser))]
public class PlaygroundChatTests(PlaygroundBrowser browser)
{
    private const string Story = "Tell me a story about Savisha.";

    [SkippableFact]
    public async Task An_answer_is_shown_while_it_comes_and_can_be_stopped()
    {
        await using var page = await browser.OpenAsync();
        var gate = browser.Host.Close();
        try
        {
            await page.StartAskingAsync(Story);
            var text = page.LastTurn.Locator(".body[aria-busy=true] .text").Last;
            await Expect(text).Not.ToBeEmptyAsync();
            var part = await text.TextContentAsync();
            await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
            await page.ReadyAsync();
            await Expect(page.LastTurn.Locator(".note")).ToContainTextAsync("Stopped");
            Assert.StartsWith(part!, await page.LastTurn.Locator(".text").Last.TextContentAsync(), StringComparison.Ordinal);
        }
        finally
        {
            gate.SetResult();
        }
    }

    [SkippableFact]
    public async Task Tokens_are_coloured_by_where_they_came_from_and_counted_in_a_legend()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("speculation").SelectOptionAsync("draft-model");
        await page.Option("model").FillAsync("decant-tiny-draft");
        await page.AskAsync(Story);
        var drafted = await page.LastTurn.Locator(".token.draft0").CountAsync();
        var own = await page.LastTurn.Locator(".token.target").CountAsync();
        Assert.Equal(await page.Tokens.CountAsync(), drafted + own);
        Assert.True(drafted > own, "The draft model knows the story too.");
        await Expect(page.LastTurn.Locator(".legend")).ToContainTextAsync($"drafted by draft-model: {drafted}");
        await Expect(page.LastTurn.Locator(".legend")).ToContainTextAsync($"the model’s own: {own}");
        var colours = await page.Page.EvaluateAsync<string[]>("['.token.draft0', '.token.target'].map(name => getComputedStyle(document.querySelector(name)).backgroundColor)");
        Assert.NotEqual(colours[0], colours[1]);
        await Expect(page.LastTurn.Locator(".figures")).ToContainTextAsync("acceptance");
        await page.LastTurn.Locator(".token.draft0").Nth(1).HoverAsync();
        Assert.Equal("draft-model", (await page.CardAsync())["drafter"]);
        await page.ScreenshotAsync("speculation-1280");
    }

    [SkippableFact]
    public async Task A_tokens_card_opens_by_keyboard_and_says_what_constraints_forbade()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("constraints").SelectOptionAsync("choice");
        await page.Option("choices").FillAsync("In Babidor.\nNowhere at all.");
        await page.AskAsync("Where does Savisha live?");
        await page.Tokens.First.FocusAsync();
        var card = page.LastTurn.Locator(".card");
        await Expect(card.Locator("tbody th")).ToHaveTextAsync(["model alone", "after constraints", "drawn from"]);
        var first = await page.CardAsync();
        Assert.True(double.Parse(first["forbidden"].TrimEnd('%', ' ')) > 50, $"The model would rather say something else, and {first["forbidden"]} was forbidden.");
        Assert.True(int.Parse(first["refused tokens"]) > 1000);
        await page.Page.Keyboard.PressAsync("ArrowRight");
        var second = await page.CardAsync();
        Assert.Equal(int.Parse(first["position"]) + 1, int.Parse(second["position"]));
        await page.LastTurn.GetByLabel("Colours show").SelectOptionAsync("masked");
        await Expect(page.Tokens.First).ToHaveClassAsync(new System.Text.RegularExpressions.Regex(@"\bdown\b"));
        await page.Tokens.Last.FocusAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(card).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task Two_strategies_answer_side_by_side_with_a_mark_where_their_texts_part()
    {
        await using var page = await browser.OpenAsync();
        await page.Page.GetByLabel("Compare two").CheckAsync();
        await page.Call("Temperature").FillAsync("1");
        await page.Call("Seed").FillAsync("3");
        await page.Option("contrast", 'B').SelectOptionAsync("layer-contrast");
        await page.AskAsync(Story);
        await Expect(page.LastTurn.Locator(".token.parts")).ToHaveCountAsync(2);
        var tokens = await page.LastTurn.Locator(".answer").EvaluateAllAsync<string[][]>("answers => answers.map(answer => [...answer.querySelectorAll('.token')].map(token => token.textContent))");
        var at = await page.LastTurn.Locator(".token.parts").EvaluateAllAsync<int[]>("marks => marks.map(mark => [...mark.parentElement.children].indexOf(mark))");
        Assert.Equal(at[0], at[1]);
        Assert.Equal(tokens[0][..at[0]], tokens[1][..at[1]]);
        Assert.NotEqual(tokens[0][at[0]], tokens[1][at[1]]);
        await Expect(page.LastTurn.Locator(".comparison")).ToContainTextAsync($"The texts part at token {at[0] + 1}");
        await page.LastTurn.Locator(".token.parts").Last.FocusAsync();
        var card = await page.CardAsync();
        Assert.Contains("contrast weight", card.Keys);
        Assert.Contains("divergence", card.Keys);
        await page.ScreenshotAsync("comparison-1280");
    }

    [SkippableFact]
    public async Task An_exact_speculation_beside_plain_decoding_gives_the_same_text_in_fewer_forwards_of_the_model()
    {
        await using var page = await browser.OpenAsync();
        await page.Page.GetByLabel("Compare two").CheckAsync();
        await page.Call("Temperature").FillAsync("1");
        await page.Option("speculation", 'B').SelectOptionAsync("prompt-lookup");
        await page.AskAsync(Story);

        // Without a seed both draw with one that the page has made up.
        await Expect(page.LastTurn.Locator(".comparison")).ToContainTextAsync("The texts are the same.");
        await Expect(page.LastTurn.Locator(".token.parts")).ToHaveCountAsync(0);
        var forwards = await page.LastTurn.Locator(".answer").EvaluateAllAsync<int[]>("answers => answers.map(answer => Number([...answer.querySelectorAll('.figures dt')].find(name => name.textContent === 'forwards').nextSibling.textContent))");
        Assert.True(forwards[1] < forwards[0], $"{forwards[1]} forwards are fewer than {forwards[0]}.");
    }

    [SkippableFact]
    public async Task What_was_said_before_and_around_a_message_is_sent_with_it()
    {
        await using var page = await browser.OpenAsync();
        await page.AskAsync("Where does Savisha live?");
        await page.Page.GetByText("System message and documents").ClickAsync();
        await page.Page.GetByLabel("System message", new() { Exact = true }).FillAsync("Be brief.");
        await page.Page.GetByLabel("Documents that the answer").FillAsync("# Trade\nThe product of Dalutex is glass.\n\nSavisha is tall.");
        await page.Call("Temperature").FillAsync("0.5");
        await page.Call("Seed").FillAsync("7");
        await page.Call("Most tokens").FillAsync("20");
        await page.Option("sampling").SelectOptionAsync("greedy");
        var request = await page.Page.RunAndWaitForRequestAsync(() => page.AskAsync("Tell me the product of Dalutex."), "**/v1/chat/completions");
        var body = JsonNode.Parse(request.PostData!)!;
        Assert.Equal(["system", "user", "assistant", "user"], body["messages"]!.AsArray().Select(message => (string?)message!["role"]));
        Assert.Contains("Babidor", (string?)body["messages"]![2]!["content"], StringComparison.Ordinal);
        Assert.Equal("""[{"title":"Trade","text":"The product of Dalutex is glass."},{"text":"Savisha is tall."}]""", body["documents"]!.ToJsonString());
        Assert.Equal("0.5 7 20", $"{body["temperature"]} {body["seed"]} {body["max_tokens"]}");
        Assert.Equal("""{"sampling":{"kind":"greedy"},"trace":true}""", body["decoding"]!.ToJsonString());
        Assert.Equal(JsonValueKind.True, body["stream"]!.GetValueKind());
    }

    [SkippableFact]
    public async Task A_text_that_looks_like_markup_stays_text()
    {
        await using var page = await browser.OpenAsync();
        const string Markup = "<img src=x onerror=alert(1)>";
        await page.Option("constraints").SelectOptionAsync("choice");
        await page.Option("choices").FillAsync(Markup);
        await page.Option("constrain reasoning").SelectOptionAsync("true");
        await page.AskAsync(Markup);
        await Expect(page.LastTurn.Locator(".question")).ToHaveTextAsync(Markup);
        Assert.StartsWith(Markup, string.Concat(await page.Tokens.AllTextContentsAsync()), StringComparison.Ordinal);
        await Expect(page.LastTurn.Locator("img")).ToHaveCountAsync(0);
    }
}
