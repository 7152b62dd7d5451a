using static Microsoft.Playwright.Assertions;

namespace Decant.Tests.Hosting.Playground;

/// <summary>The page fits wide and narrow windows and can be used without a mouse or eyes. Screenshots for these lie in the folder "screenshots" of the test's output.</summary>
[Collection(nameof(PlaygroundBrowser))]
public class PlaygroundAppearanceTests(PlaygroundBrowser browser)
{
    [SkippableTheory]
    [InlineData(1280, false)]
    [InlineData(400, false)]
    [InlineData(1280, true)]
    [InlineData(400, true)]
    public async Task It_fits_its_window_and_every_control_has_a_name(int width, bool dark)
    {
        await using var page = await browser.OpenAsync(width, dark: dark);
        Assert.Equal(width, await page.WidthAsync());
        await page.ScreenshotAsync($"empty-{width}{(dark ? "-dark" : "")}");
        await page.Page.GetByLabel("Compare two").CheckAsync();
        await page.Call("Temperature").FillAsync("1");
        await page.Call("Seed").FillAsync("3");
        await page.Option("speculation", 'B').SelectOptionAsync("prompt-lookup");
        await page.Option("constraints", 'B').SelectOptionAsync("structural-tags");
        await page.Panel('B').GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Add to tags" }).ClickAsync();
        await page.Panel('B').GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Remove constraints 1" }).ClickAsync();
        await page.AskAsync("Tell me a story about Savisha.");
        await page.Tokens.Nth(20).FocusAsync();
        Assert.Equal(width, await page.WidthAsync());
        Assert.Empty(await page.NamelessAsync());
        await page.ScreenshotAsync($"answers-{width}{(dark ? "-dark" : "")}");
    }

    [SkippableFact]
    public async Task Everything_is_reached_by_keyboard()
    {
        await using var page = await browser.OpenAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(page.Page.GetByText("Skip to the message")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Message).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("What is 58 + 67?");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.LastTurn).ToContainTextAsync("125");
        await page.ReadyAsync();
        await Expect(page.Status).ToHaveTextAsync("The answer is there.");

        await page.Page.GetByLabel("Compare two").FocusAsync();
        await page.Page.Keyboard.PressAsync("Space");
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Tab, new() { Name = "Strategy B" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Tab, new() { Name = "Strategy A" })).ToBeFocusedAsync();
        await Expect(page.Panel()).ToBeVisibleAsync();
        await Expect(page.Panel('B')).ToBeHiddenAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Texts_stand_out_from_their_ground_by_the_ratio_that_WCAG_asks_for(bool dark)
    {
        await using var page = await browser.OpenAsync(dark: dark);
        await page.Page.GetByLabel("Compare two").CheckAsync();
        await page.Option("speculation", 'B').SelectOptionAsync("draft-model");
        await page.Option("model", 'B').FillAsync("decant-tiny-draft");
        await page.AskAsync("Tell me a story about Savisha.");
        await page.LastTurn.GetByLabel("Colours show").First.SelectOptionAsync("surprise");
        await page.Tokens.Last.FocusAsync();
        await page.Option("search", 'B').SelectOptionAsync("best-of");
        await page.AskAsync("Hello");
        await Expect(page.LastTurn.Locator(".fault")).ToBeVisibleAsync();
        var faint = await page.Page.EvaluateAsync<string[]>(
            """
            () => {
              const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
              const paint = colours => { canvas.clearRect(0, 0, 1, 1); for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); } return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
              const light = rgb => rgb.map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
              const grounds = element => element ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor] : [];
              const faint = [];
              for (const element of document.querySelectorAll('body *')) {
                const said = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) || element.matches('input, select, textarea');
                if (!said || !element.checkVisibility() || element.disabled || element.closest('.hidden, .skip')) continue;
                const ground = grounds(element), [a, b] = [paint(ground), paint([...ground, getComputedStyle(element).color])].map(light);
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}: ${element.outerHTML.slice(0, 120)}`);
              }
              return faint;
            }
            """);
        Assert.Empty(faint);
    }
}
